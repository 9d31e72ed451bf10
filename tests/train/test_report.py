"""The report: one page, whole in itself, and nothing that a model wrote can act in it."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from thinkling.errors import CheckpointError, ConfigError
from thinkling.records import Completion, Problem, Rollout, Verdict
from thinkling.train.curriculum import Practised
from thinkling.train.metrics import MetricsFile
from thinkling.train.report import write_report
from thinkling.train.rollout_log import (
    Measurement,
    read_measurements,
    read_samples,
    write_measurements,
    write_practice,
    write_rollouts,
)

NASTY = "</pre><script>alert('x')</script><img src=http://evil.example/x> {{ 7 * 7 }} \x00\x1b[31m & <think>"


def _rollout(question: str, text: str, is_correct: bool) -> Rollout:
    problem = Problem(kind="multiply", question=question, answer="168", key=f"multiply:{question}")
    completion = Completion(ids=(1, 2, 3), text=text, finish_reason="stop")
    return Rollout(problem, completion, Verdict(float(is_correct), is_correct, "the number is <168>"))


@pytest.fixture
def run(tmp_path: Path) -> Path:
    for name in ("1_pretrain", "2_grpo"):
        folder = tmp_path / "trip" / name
        folder.mkdir(parents=True)
        (folder / "recipe.toml").write_text('stage = "x"\nnote = "<b>bold</b>"\n')
        metrics = MetricsFile(folder / "metrics.jsonl")
        for step in range(60):
            values = {"loss": 3.0 / (step + 1), "mtp_loss": 3.5, "accuracy": step / 60, "mystery<i>": 1.0}
            metrics.append(step, values | {"elapsed_s": step * 1.5})
    rollouts = [_rollout("12 x 14?", NASTY, True), _rollout("<u>3 x 4?</u>", "13", False)]
    write_rollouts(tmp_path / "trip" / "2_grpo", 59, rollouts)
    measured = [
        Measurement(
            name="two digits & more",
            before=0.25,
            after=0.75,
            num_problems=512,
            before_interval=(0.2144, 0.2893),
            after_interval=(0.7107, 0.7856),
            change_interval=(0.45, 0.55),
        )
    ]
    write_measurements(tmp_path / "trip" / "2_grpo", measured)
    table = [
        Practised(kind="<s>sums", level=2, language="en", share=0.75, pass_rate=0.875),
        Practised(kind="letters", language="zh", share=0.25),
    ]
    write_practice(tmp_path / "trip" / "2_grpo", table)
    return tmp_path / "trip"


class Page(HTMLParser):
    """What a browser would load or run."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in {"src", "href", "xlink:href", "action", "data"}:
                self.addresses.append(value or "")
            if name == "id":
                self.ids.append(value or "")
            assert not name.startswith("on"), name


def _read(path: Path) -> tuple[str, Page]:
    text = path.read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    return text, page


def test_the_report_needs_nothing_from_elsewhere(run: Path) -> None:
    text, page = _read(write_report(run))
    assert all(address.startswith("#") for address in page.addresses)
    assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
    without_samples = re.sub(r"<pre>.*?</pre>", "", text, flags=re.DOTALL)
    assert "http" not in without_samples and "@import" not in text and "url(" not in text.replace("url(#", "")


def test_what_a_model_wrote_is_shown_and_never_acts(run: Path) -> None:
    text, page = _read(write_report(run))
    assert "&lt;/pre&gt;&lt;script&gt;" in text and "{{ 7 * 7 }}" in text
    assert "\x00" not in text and "\x1b" not in text and "\\u0000" in text
    assert "the number is &lt;168&gt;" in text and "&lt;u&gt;3 x 4?&lt;/u&gt;" in text
    assert "&lt;b&gt;bold&lt;/b&gt;" in text
    assert not {"u", "i", "think"} & set(page.tags)


def test_every_group_of_metrics_has_a_plot_in_the_pages_own_colours(run: Path) -> None:
    text, page = _read(write_report(run))
    # loss with MTP loss, accuracy, elapsed, and the unknown one; for both stages.
    assert page.tags.count("svg") == 8
    assert "What the gradient lowers" in text and "var(--line-1)" in text and "currentColor" in text
    assert "#0a0b01" not in text and "#010203" not in text
    assert "prefers-color-scheme: dark" in text


def test_before_and_after_stand_side_by_side_with_their_interval(run: Path) -> None:
    text, _ = _read(write_report(run))
    assert "two digits &amp; more" in text and "+50.0 points" in text
    assert "25.0% (21.4 to 28.9)" in text


def test_what_was_practised_is_listed(run: Path) -> None:
    text, page = _read(write_report(run))
    row = r"&lt;s&gt;sums</td><td[^>]*>2</td><td>en</td><td[^>]*>75.0%</td>\s*<td[^>]*>88%</td>"
    assert re.search(row, text) and "s" not in page.tags
    assert re.search(r"letters</td><td[^>]*>all</td><td>zh</td><td[^>]*>25.0%</td>\s*<td[^>]*>–</td>", text)
    (run / "2_grpo" / "practice.json").write_text('[{"kind": 1}]')
    with pytest.raises(CheckpointError, match="only feeds the report"):
        write_report(run)


def test_an_unfinished_or_empty_stage_has_its_place(run: Path) -> None:
    (run / "3_more").mkdir()
    (run / "3_more" / "recipe.toml").write_text("")
    (run / "1_pretrain" / "done.json").write_text("{}")
    text, _ = _read(write_report(run))
    assert text.count("not finished") == 2 and "3_more" in text


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(ConfigError, match="not the folder of a run"):
            write_report(path)


def test_samples_show_right_and_wrong_answers_to_different_questions(tmp_path: Path) -> None:
    assert read_samples(tmp_path, 4) == []
    rollouts = [_rollout(f"q{n // 4}", f"line\u2028{n}", n % 2 == 0) for n in range(40)]
    write_rollouts(tmp_path, 3, rollouts[:2])
    write_rollouts(tmp_path, 20, rollouts)
    samples = read_samples(tmp_path, 6)
    assert [one["is_correct"] for one in samples] == [True] * 3 + [False] * 3
    assert len({(one["question"], one["is_correct"]) for one in samples}) == 6
    assert {one["step"] for one in samples} == {20}


def test_measurements_come_back_and_damaged_ones_are_named(tmp_path: Path) -> None:
    assert read_measurements(tmp_path) == []
    measured = [Measurement(name="a", before=0.5), Measurement(name="b", after=2.0, is_share=False)]
    write_measurements(tmp_path, measured)
    assert read_measurements(tmp_path) == measured
    (tmp_path / "measurements.json").write_text(json.dumps([{"nam": "a"}]))
    with pytest.raises(CheckpointError, match="cannot be understood"):
        read_measurements(tmp_path)
