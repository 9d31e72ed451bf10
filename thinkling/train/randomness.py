"""The state of the global random generators, as tensors and JSON, so that a resumed run draws the same."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class RandomState:
    """Python's, numpy's and torch's generators at one moment; `numbers` is JSON."""

    tensors: dict[str, Tensor]
    numbers: dict[str, Any]


def seed_everything(seed: int) -> None:
    """Gives every global generator the same seed."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


def capture() -> RandomState:
    """The generators as they are now."""
    tensors = {"torch": torch.get_rng_state()}
    if torch.cuda.is_available():
        tensors["cuda"] = torch.cuda.get_rng_state()
    version, numbers, gauss = random.getstate()
    name, keys, position, has_gauss, cached = np.random.get_state(legacy=True)
    return RandomState(
        tensors,
        {
            "python": [version, list(numbers), gauss],
            "numpy": [name, [int(key) for key in keys], position, has_gauss, cached],
        },
    )


def restore(state: RandomState) -> None:
    """Sets the generators back."""
    version, numbers, gauss = state.numbers["python"]
    random.setstate((version, tuple(numbers), gauss))
    name, keys, position, has_gauss, cached = state.numbers["numpy"]
    np.random.set_state((name, np.array(keys, dtype=np.uint32), position, has_gauss, cached))
    torch.set_rng_state(state.tensors["torch"])
    if "cuda" in state.tensors and torch.cuda.is_available():
        torch.cuda.set_rng_state(state.tensors["cuda"])
