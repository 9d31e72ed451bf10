"""Where a prompt leaves the think block, and what is still to be written from there.

A template may end at the assistant marker, inside an open block, or after a closed one; some know a switch
for it, some do not. So the rendered text is asked, and never the template.
"""

from __future__ import annotations

from thinkling.errors import RequestError
from thinkling.records import Message, StartsIn, Thinking
from thinkling.text.special import THINK_CLOSE, THINK_OPEN

OPEN_BLOCK = f"{THINK_OPEN}\n"
EMPTY_BLOCK = f"{THINK_OPEN}\n\n{THINK_CLOSE}\n\n"


def starts_in(prompt: str) -> StartsIn:
    """Where the first token after `prompt` falls, read from how the prompt ends."""
    end = prompt.rstrip()
    if end.endswith(THINK_OPEN):
        return "reasoning"
    return "content" if end.endswith(THINK_CLOSE) else "undecided"


def with_thinking(prompt: str, thinking: Thinking) -> str:
    """Bring a prompt's end to what `thinking` asks for, whatever the template made of it."""
    place = starts_in(prompt)
    if thinking == "on" and place != "reasoning":
        return prompt.removesuffix(EMPTY_BLOCK) + OPEN_BLOCK
    if thinking == "off" and place == "reasoning":
        return prompt.rstrip().removesuffix(THINK_OPEN) + EMPTY_BLOCK
    if thinking == "off" and place == "undecided":
        return prompt + EMPTY_BLOCK
    return prompt


def answer_parts(answer: Message, prompt: str) -> tuple[str, str, str, str]:
    """(tag, reasoning, tag, content): what the model has to write after `prompt`. Raises RequestError."""
    reasoning = answer.reasoning or ""
    place = starts_in(prompt)
    if place == "content":
        if reasoning:
            raise RequestError(
                "The answer has reasoning, but the chat template closes the think block.",
                "use a template that leaves it open, or drop the reasoning",
            )
        return "", "", "", answer.content
    opening = OPEN_BLOCK
    if place == "reasoning":
        opening = "\n" if prompt.endswith(THINK_OPEN) else ""
    return opening, reasoning, f"\n{THINK_CLOSE}\n\n", answer.content
