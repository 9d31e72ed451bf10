"""What a client may ask of a chat completion, field by field, and what it means in our words."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from thinkling.errors import RequestError
from thinkling.records import AnswerForm
from thinkling.serve.messages import Conversation
from thinkling.serve.thinking import Schema, ThinkingFields
from thinkling.serve.tools import CHOICES, MOST_TOOLS, Choice, ToolOfRequest
from thinkling.serve.worker import Question

SEEDS = 2**63
MOST_ANSWERS = 128
StopText = Annotated[str, Field(max_length=500)]
TokenId = Annotated[str, Field(pattern=r"^[0-9]{1,9}$")]


class StreamOptions(Schema):
    """What a stream tells beside the answer."""

    include_usage: bool = False
    include_obfuscation: bool = False
    """Accepted; nothing is added to chunks."""


class NamedSchema(Schema):
    """A JSON schema, as chat completions have it."""

    name: str | None = None
    description: str | None = None
    strict: bool | None = None
    json_: dict[str, Any] | None = Field(None, alias="schema")


class TextFormat(Schema):
    """The form of an answer; what is thought before it stays free."""

    type: Literal["text", "json_object", "json_schema"] = "text"
    json_schema: NamedSchema | None = None

    def as_schema(self) -> dict[str, Any] | None:
        """As a JSON schema; None: no form. Raises RequestError where the schema is missing."""
        if self.type == "json_schema" and (self.json_schema is None or self.json_schema.json_ is None):
            raise RequestError("response_format has no schema.", "add json_schema.schema")
        if self.type == "json_schema" and self.json_schema is not None:
            return self.json_schema.json_
        return {"type": "object"} if self.type == "json_object" else None


class SamplingFields(Schema):
    """How an answer is drawn; what is left out is as the model suggests."""

    temperature: float | None = Field(None, ge=0, le=100)
    top_p: float | None = Field(None, gt=0, le=1)
    top_k: int | None = Field(None, ge=0)
    min_p: float | None = Field(None, ge=0, le=1)
    presence_penalty: float | None = Field(None, ge=-2, le=2)
    frequency_penalty: float | None = Field(None, ge=-2, le=2)
    repetition_penalty: float | None = Field(None, ge=0.01, le=100)
    logit_bias: dict[TokenId, float] | None = Field(None, max_length=1024)
    stop: StopText | Annotated[list[StopText], Field(max_length=16)] | None = None
    seed: int | None = Field(None, ge=-(2**63), lt=2**63)
    n: int | None = Field(None, ge=1, le=MOST_ANSWERS)
    max_tokens: int | None = Field(None, ge=1)
    max_completion_tokens: int | None = Field(None, ge=1)
    """Reasoning and answer together, as in `max_tokens`; the smaller of both counts."""

    def sampling(self) -> dict[str, Any]:
        """What was said, in our words."""
        same = ("temperature", "top_p", "top_k", "min_p", "presence_penalty", "frequency_penalty")
        given = {name: getattr(self, name) for name in (*same, "repetition_penalty", "n")}
        longest = [one for one in (self.max_tokens, self.max_completion_tokens) if one is not None]
        bias = {int(index): value for index, value in (self.logit_bias or {}).items()}
        return given | {
            "seed": None if self.seed is None else self.seed % SEEDS,
            "stop": self.stop or None,
            "logit_bias": bias or None,
            "max_tokens": min(longest) if longest else None,
        }


class NamedFunction(Schema):
    """A function by its name."""

    name: str


class NamedChoice(Schema):
    """One tool that has to be called."""

    type: Literal["function"]
    function: NamedFunction


class ChatRequest(Conversation, SamplingFields, ThinkingFields):
    """A chat completion."""

    model: str | None = None
    """A name of `/v1/models`; the first one if left out."""
    stream: bool = False
    stream_options: StreamOptions | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = Field(None, ge=0, le=20)
    response_format: TextFormat | None = None
    tools: list[ToolOfRequest] | None = Field(None, max_length=MOST_TOOLS)
    tool_choice: Literal["none", "auto", "required"] | NamedChoice | None = None
    parallel_tool_calls: bool | None = None
    """False lets a required call be one only."""
    include_reasoning: bool | None = None
    """False leaves the reasoning out of the reply; it is thought all the same."""
    user: str | None = None
    metadata: dict[str, str] | None = None
    store: bool | None = None
    service_tier: str | None = None
    safety_identifier: str | None = None
    prompt_cache_key: str | None = None
    """Accepted for clients that send them; they change nothing."""

    def question(self) -> Question:
        """The same for a worker."""
        sampling = self.sampling() | {"logprobs": self.logprobs, "top_logprobs": self.top_logprobs}
        schema = self.response_format.as_schema() if self.response_format else None
        tools, must = self.choice().among([one.told() for one in self.tools or ()])
        if must and schema is not None:
            raise RequestError(
                "a call is required, and so is JSON.", "leave response_format or tool_choice out"
            )
        form = AnswerForm(schema, tools, must, is_one_call=self.parallel_tool_calls is False)
        return Question(self.conversation(), sampling, self.policy(), form)

    def choice(self) -> Choice:
        """Which tools may or have to be called."""
        if isinstance(self.tool_choice, NamedChoice):
            return Choice(name=self.tool_choice.function.name)
        return CHOICES[self.tool_choice or "auto"]

    def shows_reasoning(self) -> bool:
        """Whether the client wants to see it."""
        is_excluded = self.reasoning is not None and self.reasoning.exclude
        return self.include_reasoning is not False and not is_excluded


class Control(Schema):
    """Tells an answer that is being written what to do, as llama.cpp's server has it."""

    id: str
    """The answer's id, as its first chunk says it."""
    action: Literal["reasoning_end"]
    """reasoning_end: stop thinking now, and answer."""
