"""The bytes behind a token's name: byte-level BPE writes every byte as one visible letter.

Printable Latin-1 bytes stand for themselves; the other 68 are written as U+0100 and up, in order.
"""

from __future__ import annotations

_VISIBLE = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
_HIDDEN = sorted(set(range(256)) - set(_VISIBLE))
_BYTE_OF_LETTER = {chr(byte): byte for byte in _VISIBLE} | {
    chr(256 + i): byte for i, byte in enumerate(_HIDDEN)
}


def token_bytes(name: str) -> bytes:
    """The bytes of the token called `name`; a name with other letters in it is meant literally."""
    try:
        return bytes([_BYTE_OF_LETTER[letter] for letter in name])
    except KeyError:
        return name.encode()
