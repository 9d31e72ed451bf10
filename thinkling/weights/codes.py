"""Weights in codes of 8 or 4 bits, as compressed-tensors stores them ("pack-quantized"): vLLM reads them too.

A matrix [N, K] becomes `weight_packed` [N, K * bits / 32] int32, eight or four codes in one number from its
lowest bits upwards, each with half of the range added; `weight_scale` [N, groups] bf16, one scale for a row
or for every few columns of it; and `weight_shape` [2].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from thinkling.errors import ModelError
from thinkling.models.quantize import Quantizer

PACKED, SCALE, SHAPE = "_packed", "_scale", "_shape"
"""What is added to a weight's name."""
METHOD, FORMAT = "compressed-tensors", "pack-quantized"


@dataclass(frozen=True, slots=True)
class CodeForm:
    """Codes of `bits` bits; a scale for every `group` columns, or for the row where that is None."""

    bits: int
    group: int | None

    def num_groups(self, num_columns: int) -> int:
        """Scales of a row."""
        return 1 if self.group is None else -(-num_columns // self.group)

    def num_packed(self, num_columns: int) -> int:
        """int32 numbers of a row."""
        return -(-num_columns * self.bits // 32)


def code_form(quantizer: Quantizer) -> CodeForm:
    """How the codes of a quantizer are saved."""
    return CodeForm(quantizer.bits, quantizer.group)


def pack(codes_NK: Tensor, bits: int) -> Tensor:
    """Signed codes [N, K] of int8 as int32 [N, K * bits / 32]; the last number may be filled up."""
    per_byte = 8 // bits
    offset = (codes_NK + 2 ** (bits - 1)).to(torch.uint8)  # wraps to the right byte at eight bits
    padding = -codes_NK.shape[1] % (4 * per_byte)
    offset = torch.nn.functional.pad(offset, (0, padding))
    if bits == 4:
        offset = offset[:, ::2] | offset[:, 1::2] << 4
    return offset.contiguous().view(torch.int32)


def unpack(packed: Tensor, bits: int, num_columns: int) -> Tensor:
    """What `pack` was given."""
    bytes_ = packed.contiguous().view(torch.uint8)
    if bits == 4:
        bytes_ = torch.stack((bytes_ & 15, bytes_ >> 4), -1).flatten(1)
    return (bytes_[:, :num_columns].to(torch.int16) - 2 ** (bits - 1)).to(torch.int8)


def read_code_form(fields: dict[str, Any]) -> CodeForm:
    """What a quantization_config of compressed-tensors says. Raises ModelError for another form."""
    groups = fields.get("config_groups")
    given = [*groups.values()] if isinstance(groups, dict) else []
    weights = given[0].get("weights") if len(given) == 1 and isinstance(given[0], dict) else None
    if not isinstance(weights, dict) or fields.get("format") != FORMAT:
        raise _unsupported(f"format {fields.get('format')!r} in {len(given)} groups")
    bits, strategy, group = (weights.get(key) for key in ("num_bits", "strategy", "group_size"))
    is_plain = weights.get("type", "int") == "int" and weights.get("symmetric", True) is True
    # "weight" and "static" name an order in which codes were found, "group" one in which they are stored.
    is_shuffled = weights.get("actorder") in ("group", "dynamic")
    if type(bits) is not int or bits not in (4, 8) or not is_plain:
        raise _unsupported(f"weights {weights}")
    if is_shuffled or given[0].get("input_activations"):
        raise _unsupported(f"weights {weights}")
    match strategy, group:
        case "channel", _:
            return CodeForm(bits, None)
        case "group", int(size) if size > 0:
            return CodeForm(bits, size)
    raise _unsupported(f"strategy {strategy!r} with group_size {group!r}")


def write_code_form(form: CodeForm, ignored: list[str]) -> dict[str, Any]:
    """The quantization_config of a folder; `ignored` are the modules that stay as they are."""
    weights = {
        "num_bits": form.bits,
        "type": "int",
        "symmetric": True,
        "strategy": "channel" if form.group is None else "group",
        "group_size": form.group,
        "dynamic": False,
    }
    group = {"targets": ["Linear"], "weights": weights, "input_activations": None, "output_activations": None}
    return {
        "quant_method": METHOD,
        "format": FORMAT,
        "quantization_status": "compressed",
        "config_groups": {"group_0": group},
        "ignore": ignored,
    }


def _unsupported(what: str) -> ModelError:
    return ModelError(
        f"config.json says that the weights are quantised in a way that is not supported: {what}.",
        f"use symmetric whole numbers of 4 or 8 bits ({METHOD}, {FORMAT}), DeepSeek's FP8, or bf16",
    )
