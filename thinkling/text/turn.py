"""What people write as a prompt or a turn of a conversation, told apart: the first step on the way down.

The `thinking` word beside it is checked here too, whose meaning is in `prefill`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import Any, get_args

from thinkling.errors import RequestError
from thinkling.records import ROLES, Message, Prompt, SamplingParams, Thinking

Turn = Message | Mapping[str, Any]
"""A Message, or a dict with the same fields."""

_HINT = f'write {{"role": "user", "content": "..."}} with one of these roles: {", ".join(ROLES)}'


def as_messages(turns: Sequence[Turn]) -> list[Message]:
    """The conversation as Messages. Raises RequestError where a turn is not one."""
    if isinstance(turns, str | Mapping):
        raise RequestError("a conversation is a list of messages.", f"put the message into a list: {_HINT}")
    return [_as_message(turn) for turn in turns]


def part_thinking(thinking: object) -> tuple[Thinking, int | None]:
    """The word, and the budget in tokens if one was given: 0 is off. Raises RequestError."""
    if isinstance(thinking, int) and not isinstance(thinking, bool) and thinking >= 0:
        return ("auto", thinking) if thinking else ("off", None)
    for word in get_args(Thinking):
        if thinking == word:
            return word, None
    raise RequestError(f"thinking is {thinking!r}.", "use auto, on, off, or a budget in tokens")


def is_conversation(prompt: Prompt) -> bool:
    """Whether a prompt is messages, and no text or token ids."""
    return not isinstance(prompt, str) and not (
        len(prompt) and all(isinstance(one, Integral) for one in prompt)
    )


def one_for_each(
    prompts: Sequence[Prompt], params: SamplingParams | Sequence[SamplingParams]
) -> list[SamplingParams]:
    """The settings of every prompt. Raises RequestError where their numbers differ."""
    if isinstance(prompts, str):
        raise RequestError("prompts is one text.", "give a list of prompts")
    each = [params] * len(prompts) if isinstance(params, SamplingParams) else list(params)
    if len(each) != len(prompts):
        raise RequestError(
            f"there are {len(prompts)} prompts and {len(each)} settings.",
            "give one setting, or one per prompt",
        )
    return each


def _as_message(turn: Turn) -> Message:
    if isinstance(turn, Message):
        fields: Mapping[str, Any] = {"content": turn.content, "reasoning": turn.reasoning}
    elif isinstance(turn, Mapping):
        fields = turn
        if turn.get("role") not in ROLES:
            raise RequestError(f"the role of a message is {turn.get('role')!r}.", _HINT)
        unknown = set(turn) - {"role", "content", "reasoning"}
        if unknown:
            raise RequestError(
                f"a message has an unknown field {min(unknown, key=str)!r}.",
                "use role, content and reasoning",
            )
    else:
        raise RequestError(f"a message is {turn!r}.", _HINT)
    if not isinstance(fields.get("content"), str) or not isinstance(fields.get("reasoning"), str | None):
        raise RequestError("the content of a message, and its reasoning, have to be texts.", _HINT)
    return turn if isinstance(turn, Message) else Message(**turn)
