"""Every way to say how much is thought has one meaning."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st
from pydantic import ValidationError

from thinkling.serve.thinking import ThinkingFields, say_reasoning

OFF: list[dict[str, Any]] = [
    {"thinking": {"type": "disabled"}},
    {"thinking": "off"},
    {"thinking": False},
    {"thinking": 0},
    {"enable_thinking": False},
    {"chat_template_kwargs": {"thinking": False}},
    {"chat_template_kwargs": {"enable_thinking": False}},
    {"reasoning": {"enabled": False}},
    {"think": False},
]
FREE: list[dict[str, Any]] = [
    {"thinking": {"type": "enabled", "budget_tokens": 50}},
    {"thinking": "on"},
    {"thinking": True},
    {"thinking": 70},
    {"enable_thinking": True},
    {"reasoning_effort": "low"},
    {"reasoning": {"effort": "max"}},
    {"think": "high"},
    {"thinking_budget": 9},
    {"reasoning_budget_tokens": -1},
    {},
]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ({}, "auto"),
        ({"thinking": {"type": "enabled"}}, "on"),
        ({"thinking": {"type": "adaptive"}}, "auto"),
        ({"thinking": {"type": "enabled", "budget_tokens": 2000}}, 2000),
        ({"thinking": "auto"}, "auto"),
        ({"thinking": 300}, 300),
        ({"reasoning_effort": "none"}, "off"),
        ({"reasoning_effort": "low"}, 1024),
        ({"reasoning_effort": "high"}, "on"),
        ({"reasoning": {"effort": "medium"}}, 4096),
        ({"think": True}, "on"),
        ({"think": "low"}, 1024),
        ({"thinking_budget": -1}, "on"),
        ({"thinking_budget": 0}, "off"),
        ({"thinking_budget_tokens": 7, "reasoning_effort": "high"}, 7),
        ({"thinking_token_budget": 12, "reasoning_budget_tokens": 8}, 8),
    ],
)
def test_each_spelling_means_what_its_client_means(said: dict[str, Any], meant: object) -> None:
    assert ThinkingFields.model_validate(said).policy() == meant


@given(st.sampled_from(OFF), st.lists(st.sampled_from(FREE), max_size=4))
@tried(max_examples=60, deadline=None, derandomize=True, database=None)
def test_a_no_is_heard_whatever_else_is_said(off: dict[str, Any], others: list[dict[str, Any]]) -> None:
    said: dict[str, Any] = {}
    for one in (*others, off):
        said |= one
    assert ThinkingFields.model_validate(said).policy() == "off"


@pytest.mark.parametrize(
    "said",
    [
        {"thinking": "perhaps"},
        {"thinking_budget": -2},
        {"reasoning_effort": "huge"},
        {"thinking": {"type": "x"}},
    ],
)
def test_what_means_nothing_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ThinkingFields.model_validate(said)


def test_reasoning_goes_out_under_the_names_that_were_asked_for() -> None:
    assert say_reasoning("so", "both") == {"reasoning_content": "so", "reasoning": "so"}
    assert say_reasoning("so", "reasoning") == {"reasoning": "so"}
    assert say_reasoning("so", "none") == {}
