"""`torch.compile` for the parts of a model that are plain tensor in, tensor out; optional, and for inference.

Compiled are the dense feed-forward layers (a mixture's shared expert is one) and, in grouped-query attention,
all that makes queries, keys and values of the stream: a product, norms, the rotation. Attention itself, the
cache, routing and the held forms of weights (`thinkling.models.held`) stay as they are: they are loops and
kernels of our own, or depend on the data. Inside of compiled parts our kernels are left out
(`thinkling.kernels.tensors.reads`), since a compiler cannot see through them.
"""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec

import torch
from torch import nn

from thinkling.errors import RequestError
from thinkling.models.dense import Dense
from thinkling.models.gqa import GQA
from thinkling.models.linear import Linear


def compile_parts(model: nn.Module, device: torch.device) -> int:
    """Let them be compiled when they are first used, once for all numbers of tokens; how many they are.

    Raises RequestError where there is no compiler for this device, or nothing to compile.
    """
    _refuse_without_compiler(device)
    count = 0
    for module in model.modules():
        if isinstance(module, Dense) and _is_plain(module.gate_up):
            module.compile(dynamic=True)
            count += 1
        elif isinstance(module, GQA) and _is_plain(module.qkv):
            module.compiled_heads = torch.compile(module.heads, dynamic=True)
            count += 1
    if not count:
        raise RequestError(
            "nothing of this model can be compiled: its weights are held in a form of our own.",
            "leave compile out, or hold them as floats: --dtype fp32, or bf16 on a GPU",
        )
    return count


def _is_plain(layer: nn.Module | None) -> bool:
    """Whether its weights are what it multiplies with."""
    return type(layer) is Linear and layer.compute is None


def _refuse_without_compiler(device: torch.device) -> None:
    if device.type == "cuda" and find_spec("triton") is None:
        raise RequestError("torch.compile needs Triton for CUDA, and it is not there.", "leave compile out")
    compiler = os.environ.get("CXX") or "g++"
    if device.type == "cpu" and shutil.which(compiler) is None:
        raise RequestError(
            f"torch.compile needs a C++ compiler, and there is no {compiler}.",
            "install g++, or leave compile out",
        )
