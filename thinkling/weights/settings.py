"""What a person says of a model, made definite: its folder, device and precision; and how it is best sampled.

`thinkling.llm` asks here before any weight is read, so that a mistake is told at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from thinkling.errors import ModelError, RequestError
from thinkling.models.config import ModelConfig
from thinkling.models.hold import PACKED
from thinkling.models.integer import has_integer_units
from thinkling.models.packed import can_pack
from thinkling.models.quantize import QUANTIZERS
from thinkling.records import SamplingParams
from thinkling.weights.read import stored_quantization
from thinkling.weights.shards import read_json, shard_paths

LARGE = 2**30
"""From this size on disk on, in bytes, memory counts more than fp32's last bits."""
DTYPES = {"fp32": torch.float32, "float32": torch.float32, "bf16": torch.bfloat16, "bfloat16": torch.bfloat16}


@dataclass(frozen=True, slots=True)
class SuggestedSampling:
    """Sampling as a model folder suggests it; where it is silent, as DeepSeek-R1's model card does."""

    temperature: float = 0.6
    top_p: float = 0.95
    top_k: int = 0
    repetition_penalty: float = 1.0
    end_ids: tuple[int, ...] = ()
    """Tokens that end an answer, besides the tokenizer's end of sentence."""


def device_named(name: str) -> torch.device:
    """auto, cpu, cuda, cuda:N or mps as a device. Raises RequestError where there is none.

    auto is CUDA where there is one. Apple's mps has to be named: it has never been run by us.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
    except (RuntimeError, TypeError):
        device = None
    if device is None or device.type not in ("cpu", "cuda", "mps"):
        raise RequestError(f"{name!r} is not a device that is supported.", "use auto, cpu, cuda or mps")
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise RequestError("PyTorch sees no Apple GPU.", "use device='cpu' or 'auto'")
    if device.type == "cuda" and not torch.cuda.is_available():
        raise RequestError("no CUDA device is visible to PyTorch.", "use device='cpu' or 'auto'")
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise RequestError(
            f"there is no device {name}.", f"PyTorch sees {torch.cuda.device_count()}, counted from cuda:0"
        )
    return device


def dtype_named(name: str, device: torch.device, folder: Path) -> torch.dtype:
    """The precision of the weights. Raises RequestError for one that is not supported.

    auto is bf16 on a GPU, and on a CPU for large models that are released in it; fp32 for all others.
    """
    if name == "auto":
        if device.type != "cpu" or (is_rounded(folder) and _is_large(folder)):
            return torch.bfloat16
        return torch.float32
    if name not in DTYPES:
        raise RequestError(
            f"{name!r} is not a precision that is supported.", f"use auto, {', '.join(DTYPES)}"
        )
    return DTYPES[name]


def is_rounded(folder: Path) -> bool:
    """Whether the weights of a folder are stored in fewer bits than fp32 has."""
    raw = read_json(folder / "config.json")
    stored = raw.get("torch_dtype", raw.get("dtype"))
    return stored in ("bfloat16", "float16") or bool(raw.get("quantization_config"))


def _is_large(folder: Path) -> bool:
    return sum(path.stat().st_size for path in shard_paths(folder)) >= LARGE


def refuse_misfit(num_tokens: int, config: ModelConfig) -> None:
    """Raises ModelError where a tokenizer knows more tokens than the model."""
    if num_tokens > config.vocab_size:
        raise ModelError(
            f"the tokenizer knows {num_tokens} tokens, the model {config.vocab_size}.",
            "use the tokenizer that the model was trained with",
        )


def refuse_strange_ends(end_ids: Sequence[int], config: ModelConfig, folder: Path) -> None:
    """Raises ModelError where a folder's end of an answer is no token of the model."""
    strange = [index for index in end_ids if not 0 <= index < config.vocab_size]
    if strange:
        raise ModelError(
            f"{folder / 'generation_config.json'} has eos_token_id {strange[0]}, and the model has "
            f"{config.vocab_size} tokens.",
            "compare it with the model's release",
        )


def refuse_context_length(asked: int | None, config: ModelConfig) -> None:
    """Raises RequestError unless it is None or a number of tokens that the model was made for."""
    if asked is not None and not 2 <= asked <= config.context_length:
        raise RequestError(
            f"max_model_len is {asked}.", f"use 2 to {config.context_length}, the model's own context"
        )


def use_threads(count: int | None) -> None:
    """Compute with this many threads; None leaves that to PyTorch. Raises RequestError."""
    if count is None:
        return
    if count < 1:
        raise RequestError(f"threads is {count}.", "use at least one, or leave it out")
    torch.set_num_threads(count)


def refuse_quantization(kind: str | None, device: torch.device) -> None:
    """Raises RequestError unless it is None, or one of ours on a CPU."""
    if kind is not None and kind not in QUANTIZERS:
        raise RequestError(
            f"quantization {kind!r} is not supported.", f"use {', '.join(QUANTIZERS)}, or leave it out"
        )
    if kind is not None and device.type != "cpu":
        raise RequestError(
            "quantized weights are for the CPU.", "use device='cpu', or leave quantization out"
        )


def chosen_quantization(
    asked: str | None, folder: Path, precision: torch.dtype, device: torch.device
) -> str | None:
    """How the matrices are held: as asked for; as the folder holds them; or bf16 as the processor likes it.

    bf16 is packed where it is fast. On other processors that multiply bytes fastest it becomes "int16": as
    exact, in as much memory. Codes of a folder are kept, and what it keeps in floats is not cut down further
    than that. Elsewhere codes are read as floats, unless whole numbers are asked for.
    """
    if asked is not None or device.type != "cpu":
        return asked
    is_coded = stored_quantization(folder) is not None
    if precision == torch.bfloat16 and not is_coded and can_pack():
        return PACKED
    if not has_integer_units():
        return None
    return "int16" if precision == torch.bfloat16 or is_coded else None


def suggested_sampling(folder: Path) -> SuggestedSampling:
    """What generation_config.json says, if there is one. Raises ModelError where that cannot be meant."""
    path = folder / "generation_config.json"
    if not path.is_file():
        return SuggestedSampling()
    raw = read_json(path)
    given: dict[str, Any] = {
        name: raw[name]
        for name in ("temperature", "top_p", "top_k", "repetition_penalty")
        if raw.get(name) is not None
    }
    if raw.get("do_sample") is False:
        given["temperature"] = 0.0
    end = raw.get("eos_token_id")
    end_ids = end if isinstance(end, list) else [] if end is None else [end]
    if any(type(value) not in (int, float) for value in given.values()):
        raise ModelError(f"{path} suggests {given}, which are not all numbers.", "mend it, or delete it")
    if any(type(index) is not int for index in end_ids):
        raise ModelError(f"{path} has eos_token_id {end!r}.", "write a token id, or a list of them")
    try:
        SamplingParams(**given)
    except RequestError as error:
        raise ModelError(f"{path}: {error.message}", error.hint) from None
    return SuggestedSampling(**given, end_ids=tuple(end_ids))
