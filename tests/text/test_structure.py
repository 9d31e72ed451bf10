"""Answers that have to be JSON are, from models that would say anything; what is thought before is free."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from tests.test_llm import speaking
from thinkling import LLM
from thinkling.errors import RequestError
from thinkling.records import AnswerForm, Reply
from thinkling.text.structure import Structure, Structures

QUESTION = [{"role": "user", "content": "Hello"}]


@pytest.fixture(scope="module")
def wild() -> LLM:
    """Says nothing that anybody meant."""
    return speaking("ab", "cd", context_length=1024)


def answers(llm: LLM, schema: Mapping[str, Any], **settings: Any) -> list[Reply]:
    thinking = settings.pop("thinking", "auto")
    params = llm.sampling(**{"temperature": 8.0, "top_p": 1.0, "max_tokens": 400} | settings)
    pending = llm.begin(QUESTION, params, thinking, AnswerForm(schema))
    while not pending.is_done:
        llm.step()
    llm.drop(pending)
    return [answer.reply for answer in pending.answers if answer.reply is not None]


NAMES = st.sampled_from(["a", "b", "size", "kind"])
LEAVES = st.one_of(
    st.just({"type": "boolean"}),
    st.just({"type": "integer", "minimum": 0, "maximum": 999}),
    st.lists(st.sampled_from(["red", "green", "ten"]), min_size=1, unique=True).map(
        lambda few: {"enum": few}
    ),
    st.just({"type": "string", "maxLength": 5}),
)


def nested(inner: Any) -> Any:
    objects = st.dictionaries(NAMES, inner, min_size=1, max_size=3).map(
        lambda fields: {
            "type": "object",
            "properties": fields,
            "required": list(fields),
            "additionalProperties": False,
        }
    )
    return objects | inner.map(lambda one: {"type": "array", "items": one, "maxItems": 2})


@given(st.recursive(LEAVES, nested, max_leaves=4), st.integers(0, 9))
@tried(max_examples=25, deadline=None, derandomize=True, database=None)
def test_every_whole_answer_is_json_of_the_schema(wild: LLM, schema: dict[str, Any], seed: int) -> None:
    for reply in answers(wild, schema, seed=seed, n=2, thinking="off"):
        if reply.finish_reason == "stop":
            jsonschema.validate(json.loads(reply.content), schema)
        else:
            assert reply.finish_reason == "length"


def test_an_answer_that_fits_ends_by_itself(wild: LLM) -> None:
    schema = {
        "type": "object",
        "properties": {"x": {"enum": [1, 2]}},
        "required": ["x"],
        "additionalProperties": False,
    }
    for reply in answers(wild, schema, seed=1, n=4, thinking="off"):
        assert reply.finish_reason == "stop" and reply.content in ('{"x": 1}', '{"x": 2}')


def test_thinking_is_free_and_the_answer_begins_right_after_it() -> None:
    llm = LLM()
    asked = [{"role": "user", "content": "What's 12 times 14?"}]
    schema = {
        "type": "object",
        "properties": {"answer": {"type": "integer", "minimum": 0, "maximum": 999}},
        "required": ["answer"],
        "additionalProperties": False,
    }
    pending = llm.begin(asked, llm.sampling(temperature=0, max_tokens=200), "auto", AnswerForm(schema))
    while not pending.is_done:
        llm.step()
    reply = pending.answers[0].reply
    assert reply is not None and reply.reasoning == llm.chat(asked, temperature=0).reasoning
    assert reply.content.startswith('{"answer": ') and set(json.loads(reply.content)) == {"answer"}


def test_a_seed_gives_one_answer_alone_or_beside_others(wild: LLM) -> None:
    schema = {"type": "array", "items": {"type": "integer"}, "minItems": 3, "maxItems": 5}
    alone = [one.content for one in answers(wild, schema, seed=4, thinking="off")]
    other = wild.begin(QUESTION, wild.sampling(temperature=1.0, max_tokens=300, seed=1))
    assert [one.content for one in answers(wild, schema, seed=4, thinking="off")] == alone
    wild.drop(other)


@pytest.mark.parametrize(
    "schema", [{"type": "wizard"}, {"$ref": "#/nowhere"}, {"enum": []}, {"x": "y" * 100_000}]
)
def test_a_schema_without_meaning_is_refused(wild: LLM, schema: dict[str, Any]) -> None:
    with pytest.raises(RequestError, match="JSON schema"):
        answers(wild, schema)
    assert wild.is_idle


def test_without_think_tags_a_form_is_kept_to_from_the_first_token(wild: LLM) -> None:
    """A prompt may end inside a block that such a model has no token to close."""
    structures = Structures(wild.tokenizer, wild.model.config.vocab_size, wild._end_ids)
    matcher = structures.of(AnswerForm({"type": "boolean"}), "reasoning")()._matcher
    size, ends = wild.model.config.vocab_size, wild._end_ids
    made = Structure(matcher, wild.tokenizer, (None, None), "reasoning", size, ends)
    allowed = made.allowed(np.array([], np.int64))
    assert allowed is not None and not allowed.all()
