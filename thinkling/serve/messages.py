"""Messages as OpenAI's clients write them, made `Message`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from thinkling.records import Message, Role
from thinkling.serve.thinking import Schema

ROLES: dict[str, Role] = {"developer": "system"}


class TextPart(Schema):
    """A piece of a message's text; pictures and sound are refused by their type."""

    type: Literal["text", "input_text", "output_text"]
    text: str


class ChatMessage(Schema):
    """One turn. `reasoning` of earlier turns is kept where the model's template wants it."""

    role: Literal["system", "developer", "user", "assistant"]
    content: str | list[TextPart]
    reasoning_content: str | None = None
    reasoning: str | None = None
    name: str | None = None
    """Accepted and not used: the models know no names."""

    def message(self) -> Message:
        """The same in our words."""
        text = self.content if isinstance(self.content, str) else "".join(one.text for one in self.content)
        reasoning = self.reasoning_content if self.reasoning is None else self.reasoning
        role: Role = ROLES.get(self.role, self.role)  # type: ignore[arg-type]
        return Message(role, text, reasoning if role == "assistant" else None)


class Conversation(Schema):
    """A request that holds one."""

    messages: list[ChatMessage] = Field(min_length=1, max_length=10_000)
    """The conversation, which ends with what is to be answered."""

    def conversation(self) -> Sequence[Message]:
        """The same in our words."""
        return [one.message() for one in self.messages]
