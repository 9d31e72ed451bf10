"""Question templates with alternatives: "[What|Which] day is {n} after {d}?" is two templates in one line.

Square brackets hold the alternatives, of which one is drawn each time; braces are left for `str.format`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from random import Random

_BRACKETS = re.compile(r"\[([^\[\]]*)\]")


class Phrases:
    """Templates of one meaning, prepared so that a draw costs little."""

    def __init__(self, templates: Iterable[str]) -> None:
        self._templates = tuple(_parts(template) for template in templates)

    def __len__(self) -> int:
        return len(self._templates)

    def draw(self, random: Random) -> str:
        """One template with its alternatives drawn; the braces are still to be filled."""
        options = self._templates[int(random.random() * len(self._templates))]
        return "".join(
            words[0] if len(words) == 1 else words[int(random.random() * len(words))] for words in options
        )

    def said(self, random: Random, **fields: object) -> str:
        """One template drawn and filled."""
        return self.draw(random).format(**fields)

    def expanded(self) -> Iterable[str]:
        """Every template with every combination of its alternatives (for tests: there may be thousands)."""
        for options in self._templates:
            texts = [""]
            for words in options:
                texts = [text + word for text in texts for word in words]
            yield from texts


def _parts(template: str) -> tuple[tuple[str, ...], ...]:
    """Literal text (one word) and alternatives (several), in turn."""
    pieces = _BRACKETS.split(template)
    return tuple(
        tuple(piece.split("|")) if index % 2 else (piece,)
        for index, piece in enumerate(pieces)
        if piece or index % 2
    )
