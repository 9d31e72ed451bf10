"""Messages as OpenAI's clients write them, made `Message`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from thinkling.errors import RequestError
from thinkling.records import Message, Role, ToolCall
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


class CalledFunction(Schema):
    """Which function, and with what, as the JSON text that the model wrote."""

    name: str = Field(min_length=1, max_length=128)
    arguments: str = Field("", max_length=1_000_000)


class CallOfTool(Schema):
    """A call that an answer holds."""

    id: str
    type: Literal["function"] = "function"
    function: CalledFunction


class ChatMessage(Schema):
    """One turn. `reasoning` of earlier turns is kept where the model's template wants it."""

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | Annotated[list[TextPart], Field(max_length=MOST_PARTS)] | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    name: str | None = None
    """Accepted and not used: the models know no names."""
    refusal: None = None
    audio: None = None
    function_call: None = None
    annotations: list[Any] | None = None
    """What stands empty in an answer that is sent back."""
    tool_calls: Annotated[list[CallOfTool], Field(max_length=128)] | None = None
    tool_call_id: str | None = None
    """Of a tool's result: which call it is of."""

    def message(self) -> Message:
        """The same in our words."""
        text = text_of_parts(self.content)
        reasoning = self.reasoning_content if self.reasoning is None else self.reasoning
        role: Role = ROLES.get(self.role, self.role)  # type: ignore[arg-type]
        calls = tuple(ToolCall(one.function.name, one.function.arguments) for one in self.tool_calls or ())
        is_assistant = role == "assistant"
        return Message(role, text, reasoning if is_assistant else None, calls if is_assistant else ())


def text_of_parts(content: str | Sequence[TextPart] | None) -> str:
    """The text of a message's content."""
    return content if isinstance(content, str) else "".join(part.text for part in content or ())


class Conversation(Schema):
    """A request that holds one."""

    messages: list[ChatMessage] = Field(min_length=1, max_length=10_000)
    """The conversation, which ends with what is to be answered."""

    def conversation(self) -> Sequence[Message]:
        """The same in our words; results of tools in the order of their calls. Raises RequestError."""
        return [one.message() for one in in_order(self.messages)]


def in_order(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """Results of tools as their calls stand: models know no ids. Raises RequestError for a strange one."""
    keyed: list[tuple[int, int, ChatMessage]] = []
    places: dict[str | None, int] = {}
    turn = 0
    for one in messages:
        if one.role != "tool":
            turn += 1
            places = {call.id: place for place, call in enumerate(one.tool_calls or (), start=1)}
        elif one.tool_call_id not in places:
            raise RequestError(
                f"a tool's result is of {one.tool_call_id!r}, which the answer before it does not call.",
                "give each result the id of its call",
            )
        keyed.append((turn, places[one.tool_call_id] if one.role == "tool" else 0, one))
    return [one for _, _, one in sorted(keyed, key=lambda key: key[:2])]
