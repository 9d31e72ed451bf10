"""Chinese and typographic punctuation as the plain ASCII marks that the readers look for."""

from __future__ import annotations

_PLAIN = str.maketrans(
    {
        **{mark: f"{plain} " for mark, plain in zip("，、。：；！？", ",,.:;!?", strict=True)},
        **dict(zip("（）【】＝＋－−＜＞￥　“”「」‘’", '()[]=+--<>¥ """"\'\'', strict=True)),
    }
)


def with_plain_marks(text: str) -> str:
    """The text with ASCII marks; a mark gains a space, so that "3，456" and "3。5" stay two numbers."""
    return text.translate(_PLAIN)
