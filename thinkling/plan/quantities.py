"""Quantities as people write and read them: "24GB", "14.8T", "1.34 TB", "2.7 million hours"."""

from __future__ import annotations

import math
import re

from thinkling.errors import ConfigError

_SIZES = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12, "b": 1e9}
_MEMORY = {
    "b": 1.0,
    "kb": 1e3,
    "mb": 1e6,
    "gb": 1e9,
    "tb": 1e12,
    "kib": 2**10,
    "mib": 2**20,
    "gib": 2**30,
    "tib": 2**40,
}
_MOST = 1e24
"""More than anybody has of anything."""
_NUMBER = re.compile(r"\s*(\d+(?:\.\d+)?(?:e\d+)?)\s*([a-zA-Z]*)\s*")


def parse_memory(text: str) -> float:
    """Bytes. GB is 10^9, GiB 2^30; a bare number is GB. Raises ConfigError."""
    match = _NUMBER.fullmatch(text)
    unit = (match[2] or "gb").lower() if match else ""
    amount = float(match[1]) * _MEMORY.get(unit, math.nan) if match else math.nan
    if not 0 < amount <= _MOST:
        raise ConfigError(f"{text!r} is no amount of memory.", "write it like 24GB or 80GiB")
    return amount


def parse_count(text: str) -> float:
    """A number with k, M, B or G (10^9) or T behind it: "14.8T". Raises ConfigError."""
    match = _NUMBER.fullmatch(text)
    amount = float(match[1]) * _SIZES.get(match[2].lower(), math.nan) if match else math.nan
    if not 0 <= amount <= _MOST:
        raise ConfigError(f"{text!r} is no number.", "write it like 800000, 800k or 14.8T, up to 1e24")
    return amount


def written(value: float, unit: str = "") -> str:
    """A value with about three digits, and its unit, for people."""
    if unit == "bytes" or unit.startswith("bytes"):
        return _written_bytes(value) + unit.removeprefix("bytes")
    if unit == "parameters" and float(value).is_integer():
        return f"{value:,.0f} parameters"
    if unit.startswith("dollars"):
        return f"${_digits(value)}{unit.removeprefix('dollars')}"
    if unit == "seconds" and value < 1:
        return f"{value * 1e3:.3g} ms"
    return f"{_digits(value)} {unit}".rstrip()


def _written_bytes(value: float) -> str:
    if abs(value) < 1e6:
        return f"{value:,.0f} bytes"
    size, unit = next(
        ((size, unit) for size, unit in ((1e12, "TB"), (1e9, "GB")) if abs(value) >= size), (1e6, "MB")
    )
    return f"{value / size:.2f} {unit}"


def _digits(value: float) -> str:
    size = abs(value)
    if size == 0 or (size < 1e6 and float(value).is_integer()):
        return f"{value:,.0f}"
    if size >= 1e15:
        return f"{value:.3g}"
    for bound, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if size >= bound:
            return f"{value / bound:.4g} {word}"
    if size >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if size >= 1e-3 else f"{value:.2e}"
