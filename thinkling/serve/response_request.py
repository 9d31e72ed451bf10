"""What a client may ask of `/v1/responses`, and what it means in our words."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from thinkling.errors import RequestError
from thinkling.records import AnswerForm
from thinkling.serve.messages import MOST_PARTS, ROLES, TextPart, text_of_parts
from thinkling.serve.thinking import ReasoningOptions, Schema
from thinkling.serve.tools import CHOICES, MOST_TOOLS, Choice, FunctionOfTool, refuse_odd_numbers, told

Turns = list[dict[str, Any]]
"""A conversation as it is kept: the fields of `ChatMessage` that are set."""


def call_of(number: str, name: str, arguments: str) -> dict[str, Any]:
    """A call of a tool in a kept turn."""
    return {"id": number, "type": "function", "function": {"name": name, "arguments": arguments}}


class MessageItem(Schema):
    """A turn of the conversation."""

    type: Literal["message"] = "message"
    role: Literal["system", "developer", "user", "assistant"]
    content: str | Annotated[list[TextPart], Field(max_length=MOST_PARTS)]
    id: str | None = None
    status: str | None = None
    phase: str | None = None


class ReasoningItem(Schema):
    """What was thought earlier: taken, and left out as the models' templates do."""

    type: Literal["reasoning"]
    id: str | None = None
    summary: list[dict[str, Any]] | None = None
    content: list[dict[str, Any]] | None = None
    encrypted_content: str | None = None
    status: str | None = None


class CallItem(Schema):
    """A call of a tool, as an earlier response held it."""

    type: Literal["function_call"]
    call_id: str
    name: str = Field(min_length=1, max_length=128)
    arguments: str = Field("", max_length=1_000_000)
    id: str | None = None
    status: str | None = None


class ResultItem(Schema):
    """What a tool answered."""

    type: Literal["function_call_output"]
    call_id: str
    output: str | Annotated[list[TextPart], Field(max_length=MOST_PARTS)]
    id: str | None = None
    status: str | None = None


class FunctionTool(FunctionOfTool):
    """A tool, flat as this interface has it."""

    type: Literal["function"]


class NamedTool(Schema):
    """One tool that has to be called."""

    type: Literal["function"]
    name: str


class AnswerFormat(Schema):
    """The form of an answer; what is thought before it stays free."""

    type: Literal["text", "json_object", "json_schema"] = "text"
    name: str | None = None
    description: str | None = None
    strict: bool | None = None
    json_: dict[str, Any] | None = Field(None, alias="schema")

    def as_schema(self) -> dict[str, Any] | None:
        """As a JSON schema; None: no form. Raises RequestError where the schema is missing."""
        if self.type == "json_schema" and self.json_ is None:
            raise RequestError("text.format has no schema.", "add text.format.schema")
        return {"type": "object"} if self.type == "json_object" else self.json_


class TextOptions(Schema):
    """What the answer's text is like."""

    format: AnswerFormat = AnswerFormat()
    verbosity: Literal["low", "medium", "high"] | None = None
    """Accepted; the models know no such thing."""


Item = MessageItem | ReasoningItem | CallItem | ResultItem


class ResponseRequest(Schema):
    """A response to be written."""

    model: str | None = None
    """A name of `/v1/models`; the first one if left out."""
    input: str | Annotated[list[Item], Field(min_length=1, max_length=10_000)]
    instructions: str | None = None
    """Told before the conversation; not kept for the responses that go on from this one."""
    previous_response_id: str | None = None
    max_output_tokens: int | None = Field(None, ge=1)
    """Reasoning and answer together."""
    reasoning: ReasoningOptions | None = None
    temperature: float | None = Field(None, ge=0, le=100)
    top_p: float | None = Field(None, gt=0, le=1)
    text: TextOptions = TextOptions()
    tools: list[FunctionTool] | None = Field(None, max_length=MOST_TOOLS)
    tool_choice: Literal["none", "auto", "required"] | NamedTool | None = None
    parallel_tool_calls: bool | None = None
    """False lets a required call be one only."""
    store: bool = True
    """Whether it is kept, to be read again and gone on from."""
    background: bool = False
    """Whether it is answered later; GET says how far it is."""
    stream: bool = False
    truncation: Literal["auto", "disabled"] | None = None
    """Accepted; nothing is cut off silently."""
    metadata: dict[str, str] | None = None
    include: list[str] | None = None
    user: str | None = None
    safety_identifier: str | None = None
    prompt_cache_key: str | None = None
    service_tier: str | None = None
    """Accepted for clients that send them; they change nothing."""

    def echo(self) -> dict[str, Any]:
        """What the object repeats."""
        same = (
            "instructions",
            "previous_response_id",
            "max_output_tokens",
            "temperature",
            "top_p",
            "metadata",
        )
        return {name: getattr(self, name) for name in same} | {
            "background": self.background,
            "store": self.store,
            "parallel_tool_calls": self.parallel_tool_calls is not False,
            "reasoning": self.reasoning.model_dump(include={"effort", "summary"}) if self.reasoning else None,
            "text": {"format": self.text.format.model_dump(by_alias=True, exclude_none=True)},
            "tool_choice": self.model_dump()["tool_choice"] or ("auto" if self.tools else "none"),
            "tools": [one.model_dump() for one in self.tools or ()],
            "truncation": "disabled",
        }

    def form(self) -> AnswerForm:
        """JSON, or calls of tools. Raises RequestError for what cannot be both, and for a strange choice."""
        tools = [told(one.name, one.description, one.parameters) for one in self.tools or ()]
        named = self.tool_choice.name if isinstance(self.tool_choice, NamedTool) else None
        choice = Choice(name=named) if named is not None else CHOICES[str(self.tool_choice or "auto")]
        offered, must = choice.among(tools)
        schema = self.text.format.as_schema()
        refuse_odd_numbers(schema, "text.format")
        if must and schema is not None:
            raise RequestError("a call is required, and so is JSON.", "leave text.format or tool_choice out")
        return AnswerForm(schema, offered, must, is_one_call=self.parallel_tool_calls is False)

    def turns(self) -> Turns:
        """The new part of the conversation."""
        if isinstance(self.input, str):
            return [{"role": "user", "content": self.input}]
        turns: Turns = []
        for item in self.input:
            if isinstance(item, MessageItem):
                text, last = text_of_parts(item.content), turns[-1] if turns else {}
                if item.role == "assistant" and last.get("tool_calls"):
                    # Said after the calls and before their results: models know one turn of both.
                    last["content"] = "\n\n".join(filter(None, (last["content"], text)))
                    continue
                turns.append({"role": ROLES.get(item.role, item.role), "content": text})
            elif isinstance(item, CallItem):
                # Calls are items of their own here, and stand in the assistant's turn for models.
                call = call_of(item.call_id, item.name, item.arguments)
                if turns and turns[-1]["role"] == "assistant":
                    turns[-1].setdefault("tool_calls", []).append(call)
                else:
                    turns.append({"role": "assistant", "content": "", "tool_calls": [call]})
            elif isinstance(item, ResultItem):
                text = text_of_parts(item.output)
                turns.append({"role": "tool", "content": text, "tool_call_id": item.call_id})
        return turns
