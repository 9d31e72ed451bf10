"""Sampling settings that cannot be meant are refused by name, with a hint."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from thinkling.errors import RequestError, TaskError, WeightsError
from thinkling.records import SamplingParams


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n", 0),
        ("n", 1.5),
        ("n", True),
        ("temperature", -0.1),
        ("temperature", float("nan")),
        ("temperature", float("inf")),
        ("temperature", "hot"),
        ("top_p", 0),
        ("top_p", 1.01),
        ("top_p", None),
        ("top_k", -1),
        ("top_k", 2.0),
        ("min_p", -0.1),
        ("min_p", 1.1),
        ("max_tokens", 0),
        ("max_tokens", 10.5),
        ("seed", -1),
        ("seed", 2**63),
        ("seed", "7"),
        ("stop", ("", "x")),
        ("stop", (3,)),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(RequestError) as error:
        SamplingParams(**{name: value})
    assert name in error.value.message and error.value.hint


def test_one_stop_text_needs_no_list() -> None:
    assert SamplingParams(stop="\n").stop == ("\n",)
    assert SamplingParams(stop=["a", "b"]).stop == ("a", "b")  # type: ignore[arg-type]


def test_the_edges_are_allowed() -> None:
    SamplingParams(n=1, temperature=0, top_p=1, top_k=0, min_p=0, max_tokens=1, seed=0)
    SamplingParams(temperature=2, top_p=1e-9, min_p=1, seed=2**63 - 1)


def test_an_error_crosses_to_another_process_with_its_hint() -> None:
    for kind in (TaskError, WeightsError):
        again = pickle.loads(pickle.dumps(kind("broken.", "mend it")))
        assert type(again) is kind and (again.message, again.hint) == ("broken.", "mend it")
