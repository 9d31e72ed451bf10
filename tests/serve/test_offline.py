"""`thinkling batch run`: every line once, as it is answered alone; a second run goes on with the first."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.serve.test_batches import jsonl, line
from thinkling import LLM, Models
from thinkling.errors import RequestError
from thinkling.serve.offline import Tally, run_batch


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(one) for one in path.read_text(encoding="utf-8").splitlines()]


def answer(source: Path, target: Path, lines: list[Any]) -> tuple[Tally, list[Tally]]:
    source.write_bytes(jsonl(lines))
    told: list[Tally] = []
    return run_batch(Models({"thinkling": None}), source, target, 8, told.append), told


def test_every_line_is_answered_as_it_is_alone(tmp_path: Path) -> None:
    lines = [line(number) for number in range(12)]
    long = line(50)
    long["body"] = long["body"] | {"messages": [{"role": "user", "content": "ten " * 2000}]}
    found, told = answer(tmp_path / "in", tmp_path / "out", [*lines, long])
    assert found == Tally(13, 0, 13, 1) and told[0] == Tally(13, 0) and told[-1] == found
    results = {one["custom_id"]: one["response"] for one in read(tmp_path / "out")}
    assert results["line 50"]["status_code"] == 400
    llm = LLM()
    for one in lines:
        body = one["body"]
        alone = llm.chat(body["messages"], seed=body["seed"], temperature=1.0, max_tokens=40)
        message = results[one["custom_id"]]["body"]["choices"][0]["message"]
        assert (message["reasoning_content"], message["content"]) == (alone.reasoning, alone.content)


def test_a_second_run_goes_on_where_a_cut_line_ends(tmp_path: Path) -> None:
    lines = [line(number) for number in range(10)]
    source, target = tmp_path / "in", tmp_path / "out"
    answer(source, target, lines[:6])
    whole = target.read_bytes()
    target.write_bytes(whole[:-20])
    found, _ = answer(source, target, lines)
    assert (found.before, found.done) == (5, 5)
    assert sorted(one["custom_id"] for one in read(target)) == sorted(one["custom_id"] for one in lines)
    again, _ = answer(source, target, lines)
    assert (again.before, again.done) == (10, 0)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "no lines"),
        ([line(0), "{"], "line 2: this line is no JSON"),
        ([line(0), "", "", "{"], "line 4: this line is no JSON"),
        ([line(0), line(0)], "stands twice"),
        ([line(0, url="/v1/nothing")], "the url is not"),
        ([line(0, body=line(0)["body"] | {"model": "other"})], "no model 'other'"),
    ],
)
def test_a_line_that_is_none_is_named_before_anything_is_asked(
    tmp_path: Path, lines: list[Any], words: str
) -> None:
    with pytest.raises(RequestError, match=words):
        answer(tmp_path / "in", tmp_path / "out", lines)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("foreign", [b"# my notes\nmore\n", b"my notes", b'{"custom_id": "line 0"}'])
def test_a_file_of_somebody_elses_stays_as_it_is(tmp_path: Path, foreign: bytes) -> None:
    target = tmp_path / "out"
    target.write_bytes(foreign)
    with pytest.raises(RequestError, match="no answer of a batch"):
        answer(tmp_path / "in", target, [line(0)])
    assert target.read_bytes() == foreign


def test_a_file_with_a_hole_loses_nothing(tmp_path: Path) -> None:
    target = tmp_path / "out"
    answer(tmp_path / "in", target, [line(0), line(1)])
    holed = target.read_bytes().replace(b"\n", b"\n\n")
    target.write_bytes(holed)
    with pytest.raises(RequestError, match="no answer of a batch"):
        answer(tmp_path / "in", target, [line(0), line(1)])
    assert target.read_bytes() == holed


def test_a_line_may_hold_more_prompts_than_lines_are_answered_at_once(tmp_path: Path) -> None:
    body = {"model": "thinkling", "prompt": ["1+1=", "2+2=", "3+3="], "max_tokens": 2}
    several = line(0, url="/v1/completions", body=body)
    source, target = tmp_path / "in", tmp_path / "out"
    source.write_bytes(jsonl([several]))
    assert run_batch(Models({"thinkling": None}), source, target, 1, lambda _: None).failed == 0
    (found,) = read(target)
    assert len(found["response"]["body"]["choices"]) == 3


@pytest.mark.slow
def test_sigkill_loses_and_doubles_no_line(tmp_path: Path) -> None:
    lines = [line(number) for number in range(150)]
    for one in lines:
        del one["body"]["model"]
    source, target = tmp_path / "in", tmp_path / "out"
    source.write_bytes(jsonl(lines))
    words = [sys.executable, "-m", "thinkling", "batch", "run", str(source), str(target), "--json"]
    for wanted in (20, 60, 100):
        process = subprocess.Popen(words, env=os.environ, stdout=subprocess.DEVNULL)
        while not target.exists() or target.read_bytes().count(b"\n") < wanted:
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=120)
    assert json.loads(done.stdout)["total"] == 150
    assert sorted(one["custom_id"] for one in read(target)) == sorted(one["custom_id"] for one in lines)
