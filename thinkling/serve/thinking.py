"""How much is thought: every client's way to say it, made one `ThinkingBudget`.

DeepSeek says `thinking`, OpenAI `reasoning_effort`, Anthropic a budget, vLLM and llama.cpp template arguments
and budgets of their own, Ollama `think`. A budget goes before an effort, and a "no" is heard wherever it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from thinkling.records import ThinkingBudget

Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max", "ultra"]
BUDGETS: dict[str, int | None] = {"none": 0, "minimal": 256, "low": 1024, "medium": 4096}
"""Tokens that an effort may think; the others have no bound."""


class Schema(BaseModel):
    """What a client may send: unknown fields are refused by name."""

    model_config = ConfigDict(extra="forbid", strict=True)


class ThinkingSwitch(Schema):
    """DeepSeek's and Anthropic's form."""

    type: Literal["enabled", "disabled", "adaptive", "auto"] = "enabled"
    budget_tokens: int | None = Field(None, ge=0)


class ReasoningOptions(Schema):
    """OpenAI's form beside `reasoning_effort`."""

    effort: Effort | None = None
    max_tokens: int | None = Field(None, ge=0)
    enabled: bool | None = None
    exclude: bool | None = None
    """True leaves the reasoning out of the reply."""
    summary: Literal["auto", "concise", "detailed"] | None = None


class TemplateArguments(Schema):
    """What vLLM and llama.cpp hand to a chat template."""

    enable_thinking: bool | None = None
    thinking: bool | None = None


class ThinkingFields(Schema):
    """All of them, each optional."""

    thinking: ThinkingSwitch | Literal["auto", "on", "off"] | int | bool | None = None
    """On, off, or the most tokens."""
    reasoning_effort: Effort | None = None
    """OpenAI's word for a budget: none is off, minimal 256 tokens, low 1024, medium 4096, more no bound."""
    reasoning: ReasoningOptions | None = None
    enable_thinking: bool | None = None
    chat_template_kwargs: TemplateArguments | None = None
    think: bool | Literal["low", "medium", "high", "max"] | None = None
    thinking_budget: int | None = Field(None, ge=-1)
    thinking_budget_tokens: int | None = Field(None, ge=-1)
    thinking_token_budget: int | None = Field(None, ge=-1)
    reasoning_budget_tokens: int | None = Field(None, ge=-1)
    """The most tokens that may be thought; 0 is off, -1 has no bound."""

    def policy(self) -> ThinkingBudget:
        """The one meaning of them all."""
        switches = [one for one in self._switches() if one is not None]
        if False in switches:
            return "off"
        budgets = [one for one in self._budgets() if one is not None]
        if budgets:
            budget = min((one for one in budgets if one >= 0), default=None)
            return "off" if budget == 0 else "on" if budget is None else budget
        efforts = [one for one in self._efforts() if one is not None]
        bounds = [BUDGETS[one] for one in efforts if BUDGETS.get(one) is not None]
        if 0 in bounds:
            return "off"
        if bounds:
            return min(one for one in bounds if one is not None)
        return "on" if efforts or True in switches else "auto"

    def _switches(self) -> Iterator[bool | None]:
        yield self.enable_thinking
        if isinstance(self.thinking, ThinkingSwitch):
            yield {"enabled": True, "disabled": False}.get(self.thinking.type)
        elif isinstance(self.thinking, bool | str):
            yield (
                {"on": True, "off": False, "auto": None}.get(self.thinking)
                if isinstance(self.thinking, str)
                else self.thinking
            )
        if self.chat_template_kwargs is not None:
            yield self.chat_template_kwargs.enable_thinking
            yield self.chat_template_kwargs.thinking
        if self.reasoning is not None:
            yield self.reasoning.enabled
        if isinstance(self.think, bool):
            yield self.think

    def _budgets(self) -> Iterator[int | None]:
        if isinstance(self.thinking, ThinkingSwitch):
            yield self.thinking.budget_tokens
        elif isinstance(self.thinking, int) and not isinstance(self.thinking, bool):
            yield self.thinking
        if self.reasoning is not None:
            yield self.reasoning.max_tokens
        yield self.thinking_budget
        yield self.thinking_budget_tokens
        yield self.thinking_token_budget
        yield self.reasoning_budget_tokens

    def _efforts(self) -> Iterator[str | None]:
        yield self.reasoning_effort
        if self.reasoning is not None:
            yield self.reasoning.effort
        if isinstance(self.think, str):
            yield self.think


def say_reasoning(reasoning: str, field: str) -> dict[str, Any]:
    """The reasoning under the names that clients look for: both, one of them, or none at all."""
    names = {"both": ("reasoning_content", "reasoning"), "none": (), "hidden": ()}.get(field, (field,))
    return dict.fromkeys(names, reasoning)
