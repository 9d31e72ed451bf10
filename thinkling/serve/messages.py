"""Messages as OpenAI's clients write them, made `Message`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from thinkling.records import Message, Role
from thinkling.serve.thinking import Schema

MOST_PARTS = 1000
ROLES: dict[str, Role] = {"developer": "system"}


class TextPart(Schema):
    """A piece of a message's text; pictures and sound are refused by their type."""

    type: Literal["text", "input_text", "output_text"]
    text: str
    annotations: list[Any] | None = None
    logprobs: list[Any] | None = None
    """Of parts that come back from an answer; not used."""


class ChatMessage(Schema):
    """One turn. `reasoning` of earlier turns is kept where the model's template wants it."""

    role: Literal["system", "developer", "user", "assistant"]
    content: str | Annotated[list[TextPart], Field(max_length=MOST_PARTS)] | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    name: str | None = None
    """Accepted and not used: the models know no names."""
    refusal: None = None
    audio: None = None
    function_call: None = None
    annotations: list[Any] | None = None
    tool_calls: Annotated[list[Any], Field(max_length=0)] | None = None
    """What stands empty in an answer that is sent back."""

    def message(self) -> Message:
        """The same in our words."""
        text = text_of_parts(self.content)
        reasoning = self.reasoning_content if self.reasoning is None else self.reasoning
        role: Role = ROLES.get(self.role, self.role)  # type: ignore[arg-type]
        return Message(role, text, reasoning if role == "assistant" else None)


def text_of_parts(content: str | Sequence[TextPart] | None) -> str:
    """The text of a message's content."""
    return content if isinstance(content, str) else "".join(part.text for part in content or ())


class Conversation(Schema):
    """A request that holds one."""

    messages: list[ChatMessage] = Field(min_length=1, max_length=10_000)
    """The conversation, which ends with what is to be answered."""

    def conversation(self) -> Sequence[Message]:
        """The same in our words."""
        return [one.message() for one in self.messages]
