"""What crosses between a service and its models arrives as it was, and nothing else is made of it."""

from __future__ import annotations

from dataclasses import astuple, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkling.errors import ModelError, RequestError
from thinkling.records import AnswerForm, Message, Piece, Reply, Timings, ToolCall, Usage
from thinkling.serve.answerer import Order
from thinkling.serve.wire import LENGTH, Asked, Hello, LeaveRoom, Loaded, message, read
from thinkling.serve.worker import Ended, Grown, Question, Unavailable
from thinkling.text.reply import SaidToken

TEXTS = st.text(st.characters(codec=None))  # halves of characters too
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


def there_and_back(content: Any) -> Any:
    data = message(content)
    assert LENGTH.unpack(data[: LENGTH.size])[0] == len(data) - LENGTH.size
    return read(data[LENGTH.size :])


QUESTIONS = st.builds(
    Question,
    prompt=TEXTS
    | st.lists(st.integers(0, 2**31), min_size=1, max_size=5).map(tuple)
    | st.lists(
        st.builds(
            Message,
            st.sampled_from(["user", "assistant"]),
            TEXTS,
            st.none() | TEXTS,
            st.lists(st.builds(ToolCall, TEXTS, TEXTS), max_size=2).map(tuple),
        ),
        max_size=3,
    ),
    sampling=st.fixed_dictionaries(
        {
            "temperature": st.none() | st.floats(0, 2),
            "stop": st.none() | st.lists(TEXTS, max_size=2).map(tuple),
            "logit_bias": st.dictionaries(st.integers(0, 999), st.floats(-100, 100), max_size=3),
        }
    ),
    thinking=st.sampled_from(["auto", "on", "off", 0, 17]),
    form=st.builds(
        AnswerForm,
        schema=st.none() | st.dictionaries(TEXTS, VALUES, max_size=3),
        tools=st.lists(st.dictionaries(TEXTS, VALUES, max_size=2), max_size=2),
        must_call=st.lists(TEXTS, max_size=2).map(tuple),
        is_one_call=st.booleans(),
    ),
)
PIECES = st.builds(
    Piece, st.sampled_from(["content", "reasoning", "tool_call"]), TEXTS, st.integers(0, 3), TEXTS
)
SAID = st.builds(
    SaidToken,
    st.binary(max_size=5),
    st.floats(max_value=0),
    st.lists(st.tuples(st.binary(max_size=3), st.floats(max_value=0)), max_size=2).map(tuple),
    st.booleans(),
)
GROWN = st.builds(Grown, st.integers(0, 5), st.lists(PIECES, max_size=3), st.lists(SAID, max_size=2))
REPLIES = st.builds(
    Reply,
    TEXTS,
    TEXTS,
    st.sampled_from(["stop", "length", "abort"]),
    st.builds(Usage, st.integers(0, 9)),
    st.builds(Timings, st.floats(0, 9)),
    st.lists(st.builds(ToolCall, TEXTS, TEXTS), max_size=2).map(tuple),
    st.none() | TEXTS,
)
EVENTS = st.lists(st.none() | GROWN | st.builds(Ended, st.integers(0, 5), REPLIES), max_size=3)


@settings(max_examples=150, deadline=None)
@given(st.builds(Asked, TEXTS, st.builds(Order, st.just("ask"), st.integers(0), QUESTIONS)))
def test_a_question_arrives_as_it_was(asked: Asked) -> None:
    found = there_and_back(asked)
    assert found == asked
    assert _kinds(found) == _kinds(asked)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0), EVENTS), max_size=3))
def test_news_arrive_as_they_were(news: list[tuple[int, list[Any]]]) -> None:
    found = there_and_back(news)
    assert found == news
    assert _kinds(found) == _kinds(news)


def _kinds(content: Any) -> Any:
    """Of all that is inside: a list is no tuple, and 1 is not True."""
    if is_dataclass(content):
        return type(content), [_kinds(getattr(content, name)) for name in type(content).__slots__]
    if isinstance(content, (list, tuple)):
        return type(content), [_kinds(one) for one in content]
    if isinstance(content, dict):
        return dict, [(_kinds(name), _kinds(value)) for name, value in content.items()]
    return type(content)


def test_the_rest_arrives_too() -> None:
    hello = Hello({"a": None, "b": Path("/x"), "c": "y"}, 1.5, False, {"dtype": "auto", "quantization": None})
    for one in (hello, LeaveRoom(True), Loaded(["a"]), Order("drop", 3), None):
        assert there_and_back(one) == one


@pytest.mark.parametrize("kind", [RequestError, ModelError, Unavailable])
def test_an_error_keeps_its_kind_and_its_hint(kind: type[Any]) -> None:
    found = there_and_back(kind("it is wrong.", "make it right"))
    assert type(found) is kind
    assert (found.message, found.hint) == ("it is wrong.", "make it right")


def test_somebody_elses_error_arrives_as_words() -> None:
    found = there_and_back([(1, [OSError(28, "no space")])])
    ((_, (error,)),) = found
    assert type(error) is RuntimeError and "no space" in str(error)


def test_what_has_no_name_is_not_written_and_not_made() -> None:
    with pytest.raises(TypeError, match="object"):
        message(object())
    with pytest.raises(KeyError):
        read(b'{"=":"Path.home","v":[]}')


def test_what_is_nested_too_deeply_is_refused() -> None:
    deep: dict[str, Any] = {}
    for _ in range(5000):
        deep = {"a": deep}
    with pytest.raises(RequestError, match="nested"):
        message(Question("x", {}, form=AnswerForm(schema=deep)))


def test_records_are_rebuilt_from_all_their_fields() -> None:
    reply = Reply(
        "a", "b", "stop", Usage(1, 2, 3, 4), Timings(1, 2, 3, 4, 5, 6, 7), (ToolCall("f", "{}"),), "x"
    )
    assert astuple(there_and_back(reply)) == astuple(reply)
