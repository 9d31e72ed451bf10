"""The curriculum: levels at the edge are drawn most, none is forgotten, and a resume goes on the same."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from thinkling.records import Completion, Problem, Rollout, Verdict
from thinkling.tasks.split import is_held_out
from thinkling.train.curriculum import CurriculumSettings, Practice, ProblemSource, practices

SHARES = {"sums": Practice(share=3.0, levels=(1, 2, 3)), "letters": 1.0}


def source(curriculum: CurriculumSettings | None = None, **languages: float) -> ProblemSource:
    return ProblemSource(practices(SHARES, languages or {"en": 1.0}, curriculum), seed=7)


def answered(problem: Problem, is_correct: bool, is_scored: bool = True) -> Rollout:
    return Rollout(problem, Completion((1,), "", "stop"), Verdict(0.0, is_correct, "", is_scored))


def note_rates(one: ProblemSource, rates: dict[int, float], count: int = 200) -> None:
    """Sums of each level, right at its rate."""
    problem = Problem("sums", "?", "!", "sums:1+1")
    for level, rate in rates.items():
        asked = Problem(problem.kind, "?", "!", "sums:1+1", level=level)
        one.note(answered(asked, i < rate * count) for i in range(count))


def test_without_a_curriculum_shares_are_kept_and_answers_change_nothing() -> None:
    plain = source()
    drawn = Counter(one.kind for step in range(40) for one in plain.problems(step, 0, 50))
    assert drawn["sums"] / drawn.total() == pytest.approx(0.75, abs=0.04)
    before = plain.problems(3, 0, 20)
    note_rates(plain, {1: 1.0})
    assert plain.problems(3, 0, 20) == before


def test_the_table_tells_what_is_drawn_and_what_was_right() -> None:
    adaptive = source(CurriculumSettings(memory=0.99))
    note_rates(adaptive, {1: 0.9, 2: 0.5})
    rows = {(one.kind, one.level): one for one in adaptive.table()}
    assert sum(one.share for one in rows.values()) == pytest.approx(1)
    assert rows["sums", 2].share > rows["sums", 1].share
    assert rows["sums", 1].pass_rate == pytest.approx(0.9, abs=0.02) and rows["sums", 3].pass_rate is None
    plain = ProblemSource(practices({"sums": 1.0}, {"en": 1.0}, None), seed=7)
    note_rates(plain, {1: 1.0, 3: 0.0})
    (row,) = plain.table()
    assert (row.level, row.share) == (None, 1.0) and row.pass_rate == pytest.approx(0.5, abs=0.06)


def test_levels_at_the_edge_are_drawn_most_and_none_is_forgotten() -> None:
    adaptive = source(CurriculumSettings(floor=0.1, memory=0.99))
    note_rates(adaptive, {1: 1.0, 2: 0.5, 3: 0.0})
    weights = adaptive.weights()
    assert weights["sums", 2, "en"] > 5 * weights["sums", 1, "en"]
    assert weights["sums", 1, "en"] == pytest.approx(weights["sums", 3, "en"])
    drawn = Counter(
        one.level for step in range(60) for one in adaptive.problems(step, 0, 50) if one.kind == "sums"
    )
    assert drawn[2] > 3 * drawn[1] > 0 and drawn[3] > 0


def test_kinds_and_languages_keep_their_shares_unless_they_may_move() -> None:
    kept = source(CurriculumSettings(), en=3.0, zh=1.0)
    moved = source(CurriculumSettings(moves="kinds"), en=3.0, zh=1.0)
    for one in (kept, moved):
        note_rates(one, {1: 1.0, 2: 1.0, 3: 1.0}, 500)

    def share(one: ProblemSource, kind: str, language: str) -> float:
        weights = one.weights()
        part = sum(weight for cell, weight in weights.items() if (cell[0], cell[2]) == (kind, language))
        return part / sum(weights.values())

    assert share(kept, "sums", "en") == pytest.approx(0.75 * 0.75)
    assert share(kept, "letters", "zh") == pytest.approx(0.25 * 0.25)
    assert share(moved, "sums", "en") < 0.25


def test_what_was_long_ago_counts_less_than_what_was_just_seen() -> None:
    adaptive = source(CurriculumSettings(memory=0.5))
    for _ in range(8):
        note_rates(adaptive, {1: 0.0})
    note_rates(adaptive, {1: 1.0})
    assert adaptive.pass_rate(("sums", 1, "en")) > 0.45


def test_answers_that_could_not_be_judged_are_no_answers() -> None:
    adaptive = source(CurriculumSettings())
    asked = Problem("sums", "?", "!", "sums:1+1", level=1)
    adaptive.note(answered(asked, False, is_scored=False) for _ in range(50))
    assert adaptive.pass_rate(("sums", 1, "en")) == 0.5


@given(st.lists(st.tuples(st.integers(1, 3), st.floats(0, 1)), max_size=6), st.integers(0, 1000))
@settings(max_examples=30, deadline=None, derandomize=True, database=None)
def test_a_restored_source_draws_what_the_first_would_have_drawn(
    seen: list[tuple[int, float]], step: int
) -> None:
    first = source(CurriculumSettings(), en=2.0, zh=1.0)
    for level, rate in seen:
        note_rates(first, {level: rate}, 20)
    second = source(CurriculumSettings(), en=2.0, zh=1.0)
    second.restore(first.state())
    drawn = first.problems(step, 0, 12)
    assert second.problems(step, 0, 12) == drawn
    assert not any(is_held_out(problem.key) for problem in drawn)


def test_languages_are_drawn_by_their_shares() -> None:
    drawn = Counter(
        one.language for step in range(40) for one in source(en=3.0, zh=1.0).problems(step, 0, 50)
    )
    assert drawn["zh"] / drawn.total() == pytest.approx(0.25, abs=0.04)


def test_some_of_each_kind_are_as_many_of_every_kind() -> None:
    assert Counter(one.kind for one in source().some_of_each_kind(9)) == {"sums": 9, "letters": 9}


@pytest.mark.parametrize(
    ("tasks", "languages", "said"),
    [
        ({"sums": Practice(levels=(9,))}, {"en": 1.0}, "no level 9"),
        ({"sums": 1.0}, {"tlh": 1.0}, "no questions in 'tlh'"),
        ({"multiplly": 1.0}, {"en": 1.0}, "did you mean multiply"),
    ],
)
def test_what_a_task_lacks_is_refused(
    tasks: dict[str, float | Practice], languages: dict[str, float], said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        practices(tasks, languages, None)


def test_without_a_memory_only_the_last_step_is_told() -> None:
    forgetful = source(CurriculumSettings(memory=0.0))
    note_rates(forgetful, {1: 0.5})
    note_rates(forgetful, {2: 1.0})
    rates = {row.level: row.pass_rate for row in forgetful.table() if row.kind == "sums"}
    assert rates == {1: None, 2: 1.0, 3: None}
