"""One question: where it is read from, and what the reply looks like as JSON."""

from __future__ import annotations

import io
import json
import sys

import pytest

from thinkling.cli.ask import as_json, read_question, warn_if_cut
from thinkling.cli.sampling import Sampling
from thinkling.errors import RequestError
from thinkling.records import Reply, Timings, Usage


def test_the_words_of_a_question_are_joined() -> None:
    assert read_question(("What's", "12", "times", "14?")) == "What's 12 times 14?"


def test_a_dash_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("two\nlines\n"))
    assert read_question(("-",)) == "two\nlines"


@pytest.mark.parametrize("stdin", [None, io.StringIO(" \n")])
def test_an_empty_question_is_refused(stdin: io.StringIO | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", stdin)
    with pytest.raises(RequestError, match="The question is empty"):
        read_question(("-",))


def test_json_has_exactly_the_promised_keys() -> None:
    reply = Reply("168 – fertig", "12 * 14", "stop", Usage(9, 40, 30, 0), Timings(0.1, 0.2, 0.3, 45.0, 130.0))
    printed = json.loads(as_json(reply))
    assert list(printed) == ["content", "reasoning", "finish_reason", "usage", "timings"]
    assert printed["content"] == "168 – fertig"
    assert printed["usage"]["reasoning_tokens"] == 30
    assert printed["timings"]["decode_tokens_per_s"] == 130.0
    assert "\n" not in as_json(reply)


def test_an_answer_that_was_cut_off_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    warn_if_cut(Reply("16", "", "stop", Usage(9, 40)))
    assert capsys.readouterr().err == ""
    warn_if_cut(Reply("16", "", "length", Usage(9, 40)))
    assert "cut off after 40 tokens" in capsys.readouterr().err


def test_values_left_out_are_left_to_the_model() -> None:
    assert Sampling().keywords() == {
        "temperature": None,
        "top_p": None,
        "max_tokens": None,
        "seed": None,
        "thinking": "auto",
    }
