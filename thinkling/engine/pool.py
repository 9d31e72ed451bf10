"""The cache: for every layer and position either MLA's (latent, rotated key) or GQA's keys and values."""

from __future__ import annotations

from math import prod

import numpy as np
import torch
from torch import Tensor

from thinkling.engine.pages import PAGE
from thinkling.models.config import MLA, ModelConfig

CACHE_LINE = 64


def cache_width(config: ModelConfig) -> int:
    """Numbers remembered per token and layer: C + R, or 2 K W."""
    attention = config.attention
    if isinstance(attention, MLA):
        return attention.kv_rank + attention.rope_width
    return 2 * attention.num_kv_heads * attention.head_width


def num_layers(config: ModelConfig) -> int:
    """Layers with a cache: multi-token prediction has one too."""
    return config.num_layers + config.mtp_depth


def _zeros(shape: tuple[int, ...], dtype: torch.dtype, device: torch.device) -> Tensor:
    """Zeros; on a CPU they take memory, in large pages, only when they are first written."""
    if device.type != "cpu":
        return torch.zeros(shape, dtype=dtype, device=device)
    num_bytes = prod(shape) * dtype.itemsize
    raw = np.zeros(num_bytes + CACHE_LINE, np.uint8)
    start = -raw.ctypes.data % CACHE_LINE
    return torch.from_numpy(raw[start : start + num_bytes]).view(dtype).view(shape)


class Pool:
    """Pages of all layers in one tensor, with one scratch buffer for gathered pages."""

    def __init__(self, config: ModelConfig, num_pages: int, dtype: torch.dtype, device: torch.device) -> None:
        self.width = cache_width(config)
        self.tokens_per_page = PAGE
        self.layers = _zeros((num_layers(config), num_pages * PAGE, self.width), dtype, device)
        self._scratch = torch.empty(0, dtype=dtype, device=device)

    def write(self, layer: int, slots_T: Tensor, entries: Tensor) -> None:
        """Remember `entries` [T, width] at `slots_T`."""
        self.layers[layer].index_copy_(0, slots_T, entries.to(self.layers.dtype))

    def copy_page(self, source: int, target: int) -> None:
        """Duplicate one page in every layer (the last, partly filled page of a shared prompt)."""
        pages = self.layers.unflatten(1, (-1, PAGE))
        pages[:, target] = pages[:, source]

    def view_or_gather(self, layer: int, pages: PageTable) -> Tensor:
        """Positions [B, S, width] of `pages`: a view where they lie evenly, else gathered into scratch."""
        num_rows, num_pages = pages.shape
        paged = self.layers[layer].unflatten(0, (-1, PAGE))
        if pages.run is not None:
            start, stride = pages.run
            size = (num_rows, num_pages * PAGE, self.width)
            step = (stride * PAGE * self.width, self.width, 1)
            return torch.as_strided(paged, size, step, paged.storage_offset() + start * PAGE * self.width)
        needed = num_rows * num_pages * PAGE * self.width
        if self._scratch.numel() < needed:
            self._scratch = torch.empty(needed * 5 // 4, dtype=self.layers.dtype, device=self.layers.device)
        out = self._scratch[:needed].view(num_rows * num_pages, PAGE * self.width)
        torch.index_select(paged.flatten(1), 0, pages.flat, out=out)
        return out.view(num_rows, num_pages * PAGE, self.width)


class PageTable:
    """The pages of some rows [B, pages], with the even run they form, if they do."""

    def __init__(self, pages: np.ndarray, device: torch.device) -> None:
        self.shape = pages.shape
        self.run = _even_run(pages)
        self.flat = torch.from_numpy(pages.reshape(-1)).to(device)


def _even_run(pages: np.ndarray) -> tuple[int, int] | None:
    """(first page, pages between rows) if every row is a contiguous run and rows are evenly spaced.

    Only whole runs count: rows shorter than their span end in page 0, and are gathered.
    """
    if pages.shape[1] > 1 and not (np.diff(pages, axis=1) == 1).all():
        return None
    if len(pages) == 1:
        return int(pages[0, 0]), pages.shape[1]
    strides = np.diff(pages[:, 0])
    if strides[0] < 0 or not (strides == strides[0]).all():
        return None
    return int(pages[0, 0]), int(strides[0])
