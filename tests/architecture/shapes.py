"""Checks at run time that names tell shapes: a local `q_THW` has three axes, and T is one size within a call.

    with checked_shapes():
        model(ids_T, positions_T, attend)

looks at the locals of each function of `thinkling.models`, `thinkling.engine` and `thinkling.objectives` when
it returns. The letters are those of `thinkling.models`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import torch

LEGEND = {
    "T": "tokens of the packed row",
    "S": "attended positions",
    "B": "sequences",
    "D": "model width",
    "H": "query heads",
    "K": "key-value heads",
    "W": "head width",
    "C": "latent",
    "Q": "query latent",
    "N": "unrotated width",
    "R": "rotated width",
    "U": "value width",
    "F": "feed-forward width",
    "E": "experts",
    "A": "experts active per token",
    "V": "vocabulary",
    "P": "prompts",
    "G": "answers per prompt",
    "O": "answers in a batch",
}
ROOMS = ("thinkling.models", "thinkling.engine", "thinkling.objectives")

_SUFFIX = re.compile(r"(?:^|[a-z0-9])_([A-Z]+)$")


@contextmanager
def checked_shapes(rooms: tuple[str, ...] = ROOMS) -> Iterator[list[str]]:
    """Watches calls in this thread; raises AssertionError at the end with every name that lied.

    Yields the list that collects them. Whatever profiles already goes on afterwards.
    """
    wrong: list[str] = []
    seen: set[str] = set()
    previous: Callable[..., Any] | None = sys.getprofile()

    def watch(frame: FrameType, event: str, argument: object) -> None:
        if event != "return" or not frame.f_globals.get("__name__", "").startswith(rooms):
            return
        for complaint in complaints(frame.f_locals):
            line = f"{frame.f_globals['__name__']}.{frame.f_code.co_qualname}: {complaint}"
            if line not in seen:
                seen.add(line)
                wrong.append(line)

    sys.setprofile(watch)
    try:
        yield wrong
    finally:
        sys.setprofile(previous)
    assert not wrong, "\n".join(wrong)


def complaints(names: dict[str, Any]) -> list[str]:
    """What is wrong with the tensors among `names`, in words."""
    found: list[str] = []
    sizes: dict[str, tuple[int, str]] = {}
    for name, value in names.items():
        match = _SUFFIX.search(name)
        if not match or not isinstance(value, torch.Tensor):
            continue
        letters, shape = match[1], tuple(value.shape)
        unknown = set(letters) - set(LEGEND)
        if unknown:
            found.append(f"{name} has letters that are not in the legend: {', '.join(sorted(unknown))}")
        elif len(letters) != len(shape):
            found.append(f"{name} has {len(shape)} axes: {shape}")
        else:
            found += _disagreements(name, letters, shape, sizes)
    if {"P", "G", "O"} <= set(sizes) and sizes["P"][0] * sizes["G"][0] != sizes["O"][0]:
        found.append(f"O is {sizes['O'][0]}, not P * G = {sizes['P'][0]} * {sizes['G'][0]}")
    return found


def _disagreements(
    name: str, letters: str, shape: tuple[int, ...], sizes: dict[str, tuple[int, str]]
) -> list[str]:
    """Axes of one tensor whose size differs from the letter's size so far; new letters join `sizes`."""
    found = []
    for letter, size in zip(letters, shape, strict=True):
        known, first = sizes.setdefault(letter, (size, name))
        if known != size:
            found.append(f"{letter} is {known} in {first} and {size} in {name}")
    return found
