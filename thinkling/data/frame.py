"""A chat template that was run once: what it writes around the messages of a conversation.

Running a template costs as much as drawing and encoding the conversation it renders. A template that copies
its messages as they are writes the same words around every conversation of one shape: those words are kept.
"""

from __future__ import annotations

from collections.abc import Sequence

from thinkling.errors import TaskError
from thinkling.records import Message
from thinkling.text.template import Template

_NUM_CHECKED = 16

Shape = tuple[tuple[str, bool], ...]
"""Role of every message, and whether it reasons."""


class Frames:
    """Renders training conversations as `Template.render_training` does, some twenty times as fast.

    The first conversations of each shape are compared with the template itself; where it does more than copy
    messages, TaskError is raised. A message with "<" in it always goes through the template, which refuses
    control tokens.
    """

    def __init__(self, template: Template) -> None:
        self._template = template
        self._parts: dict[Shape, list[str]] = {}
        self._num_checked: dict[Shape, int] = {}

    def render(self, messages: Sequence[Message]) -> str:
        """The text of a conversation that ends with the answer to learn. Raises RequestError, TaskError."""
        fields = _fields(messages)
        if any("<" in field for field in fields):
            return self._template.render_training(messages)
        shape = tuple((message.role, bool(message.reasoning)) for message in messages)
        if shape not in self._parts:
            self._parts[shape] = self._frame(messages)
        parts = self._parts[shape]
        text = parts[0] + "".join(field + part for field, part in zip(fields, parts[1:], strict=True))
        if self._num_checked.get(shape, 0) < _NUM_CHECKED:
            self._num_checked[shape] = self._num_checked.get(shape, 0) + 1
            self._compare(text, messages)
        return text

    def _frame(self, messages: Sequence[Message]) -> list[str]:
        """The template's words before, between and after the fields, found by rendering marks."""
        marks = [f"\x01{index}\x02" for index in range(len(messages) + 1)]
        marked = [Message(message.role, mark) for message, mark in zip(messages[:-1], marks, strict=False)]
        marked.append(Message(messages[-1].role, marks[-1], reasoning=marks[-2]))
        rest = self._template.render_training(marked)
        parts = []
        for mark in marks:
            part, found, rest = rest.partition(mark)
            if not found:
                raise _not_a_copy()
            parts.append(part)
        return [*parts, rest]

    def _compare(self, text: str, messages: Sequence[Message]) -> None:
        if text != self._template.render_training(messages):
            raise _not_a_copy()


def _fields(messages: Sequence[Message]) -> list[str]:
    """The texts in the order in which a template writes them: the last answer after its reasoning."""
    return [
        *(message.content for message in messages[:-1]),
        messages[-1].reasoning or "",
        messages[-1].content,
    ]


def _not_a_copy() -> TaskError:
    return TaskError(
        "the chat template changes or reorders the messages that it writes.",
        "write the corpus with a template that copies them, such as Template.default()",
    )
