"""Keeps control tokens out of what strangers write, however the chat template treats it.

A message that holds a control token's string is rendered as a placeholder, and its own ids, in which that
string is plain bytes, are put in afterwards. Messages without one are rendered as they are, so that their
ids are those that transformers makes.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import replace

from thinkling.records import Message, ToolCall
from thinkling.text.special import THINK_CLOSE
from thinkling.text.tokenizer import Tokenizer

Fragments = dict[str, str]
"""Placeholder to the text that it stands for."""


def shield(tokenizer: Tokenizer, messages: Sequence[Message]) -> tuple[list[Message], Fragments]:
    """The messages with placeholders in them, and what these stand for.

    A past answer is cut to what follows its last `</think>` first: no template could find the tag later.
    """
    cut = [_without_thinking(tokenizer, message) for message in messages]
    # Nobody who writes a message can know it, so that none can hold it.
    opening = f"[fragment {secrets.token_hex(8)}."
    fragments: Fragments = {}

    def covered(text: str) -> str:
        if not tokenizer.has_added_token(text):
            return text
        placeholder = f"{opening}{len(fragments)}]"
        fragments[placeholder] = text
        return placeholder

    shielded = [
        replace(
            message,
            content=covered(message.content),
            reasoning=message.reasoning and covered(message.reasoning),
            tool_calls=tuple(ToolCall(one.name, covered(one.arguments)) for one in message.tool_calls),
        )
        for message in cut
    ]
    return shielded, fragments


def encode_shielded(tokenizer: Tokenizer, text: str, fragments: Fragments) -> list[int]:
    """Ids of a rendering: the template's own text with control tokens, the fragments without."""
    if not fragments:
        return tokenizer.encode(text)
    pattern = re.compile("(" + "|".join(map(re.escape, fragments)) + ")")
    ids: list[int] = []
    for part in filter(None, pattern.split(text)):
        ids += tokenizer.encode_plain(fragments[part]) if part in fragments else tokenizer.encode(part)
    return ids


def _without_thinking(tokenizer: Tokenizer, message: Message) -> Message:
    if message.role != "assistant" or not tokenizer.has_added_token(message.content):
        return message
    return replace(message, content=message.content.rpartition(THINK_CLOSE)[2])
