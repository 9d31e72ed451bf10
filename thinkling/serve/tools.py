"""Tools that a client offers, and which of them has to be called: what all interfaces have in common."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

from thinkling.errors import RequestError
from thinkling.records import ToolCall
from thinkling.serve.messages import CalledFunction, CallOfTool, ChatMessage
from thinkling.serve.thinking import Schema

MOST_TOOLS = 128
ToolName = Field(pattern=r"^[\w.-]{1,64}$")
Description = Field(None, max_length=10_000)


class FunctionOfTool(Schema):
    """What a model may call."""

    name: str = ToolName
    description: str | None = Description
    parameters: dict[str, Any] | None = None
    """A JSON schema of the arguments; None takes none."""
    strict: bool | None = None


class ToolOfRequest(Schema):
    """A tool."""

    type: Literal["function"]
    function: FunctionOfTool

    def told(self) -> dict[str, Any]:
        """As templates have it."""
        one = self.function
        return told(one.name, one.description, one.parameters)


def told(name: str, description: str | None, schema: dict[str, Any] | None) -> dict[str, Any]:
    """A tool as templates have it. Raises RequestError for a schema that is no JSON."""
    parameters = schema or {"type": "object", "properties": {}}
    refuse_odd_numbers(parameters, name)
    function = {"name": name, "description": description or "", "parameters": parameters}
    return {"type": "function", "function": function}


def refuse_odd_numbers(schema: object, name: str) -> None:
    """Raises RequestError for NaN and infinity, which Python's JSON reads and nobody's can write."""
    try:
        json.dumps(schema, allow_nan=False)
    except ValueError:
        raise RequestError(
            f"the schema of {name!r} holds what is no JSON.", "leave NaN and infinity out"
        ) from None


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether tools are told of, whether one has to be called, and which."""

    is_told: bool = True
    is_required: bool = False
    name: str | None = None

    def among(self, tools: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
        """The tools that are told of, and the names of those of which one has to be called.

        Raises RequestError for a choice that there is not.
        """
        names = tuple(one["function"]["name"] for one in tools)
        if self.name is not None:
            if self.name not in names:
                raise RequestError(f"tool_choice names {self.name!r}, which is no tool.", "name one of tools")
            return list(tools), (self.name,)
        if self.is_required and not tools:
            raise RequestError("a call is required, and there are no tools.", "give tools")
        return (list(tools) if self.is_told else []), (names if self.is_required else ())


CHOICES = {
    "auto": Choice(),
    "none": Choice(is_told=False),
    "required": Choice(is_required=True),
    "any": Choice(is_required=True),
}
"""OpenAI's and Anthropic's words."""


def calling(calls: Sequence[tuple[str, str, str]], content: str = "") -> ChatMessage:
    """An assistant's turn that calls tools: (id, name, arguments as JSON) of each."""
    items = [
        CallOfTool(id=number, function=CalledFunction(name=name, arguments=arguments))
        for number, name, arguments in calls
    ]
    return ChatMessage(role="assistant", content=content, tool_calls=items)


def result(call_id: str, content: str) -> ChatMessage:
    """What a tool answered."""
    return ChatMessage(role="tool", content=content, tool_call_id=call_id)


def arguments_of(call: ToolCall) -> dict[str, Any]:
    """The arguments as an object, for interfaces that have no text of them.

    What a model wrote freely may be no object: then it stands there under "arguments".
    """
    if not call.arguments.strip():
        return {}
    try:
        found = json.loads(call.arguments)
        json.dumps(found, allow_nan=False)
    except (ValueError, RecursionError):
        found = call.arguments
    return found if isinstance(found, dict) else {"arguments": found}
