"""Problems in strangers' words: the same problem, and never one of the benchmark's own wordings."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as some

from thinkling.data.mixture import Mixture, PrimerRecipe, TaskShare
from thinkling.tasks import strangers
from thinkling.tasks.registry import task_named
from thinkling.tasks.strangers import reworded
from thinkling.tasks.task import CHINESE
from thinkling.train.curriculum import Practice, Practices, ProblemSource

KINDS = ("sums", "multiply", "letters", "compare")
MEASURED = json.loads((Path(__file__).parents[2] / "benchmarks/paraphrases.json").read_text(encoding="utf-8"))


@given(some.sampled_from(KINDS), some.integers(0, 2**32))
def test_only_the_question_changes_and_it_can_be_solved_as_before(kind: str, seed: int) -> None:
    task, random = task_named(kind), Random(seed)
    problem = task.sample(random)
    other = reworded(problem, random)
    assert replace(other, question=problem.question) == problem
    for style in task.styles:
        solution = task.solve(other, random, style)
        assert task.check(other, solution.answer).is_correct
        task.slip(other, random, style)


@pytest.mark.parametrize("kind", KINDS)
def test_most_problems_have_other_words_and_chinese_ones_have_none(kind: str) -> None:
    task, random = task_named(kind), Random(0)
    drawn = [task.sample(random) for _ in range(400)]
    num_changed = sum(reworded(one, random).question != one.question for one in drawn)
    assert num_changed > (100 if kind in ("sums", "compare") else 390)
    chinese = task.sample(random, language=CHINESE)
    assert reworded(chinese, random) is chinese
    other_kind = task_named("sorting").sample(random)
    assert reworded(other_kind, random) is other_kind


def _letters_of(text: str) -> str:
    return re.sub(r"[^a-z{}]", "", text.lower())


def test_no_wording_that_the_benchmark_measures_with_is_among_them() -> None:
    measured = {_letters_of(one) for group in MEASURED.values() for texts in group.values() for one in texts}
    ours = {_letters_of(text) for phrases in strangers._PHRASES.values() for text in phrases.expanded()}
    assert not measured & ours
    assert len(ours) > 400


def test_a_recipe_says_how_often() -> None:
    def questions(share: float) -> list[str]:
        mix = TaskShare(share=1.0, strangers=share)
        mixture, random = Mixture(PrimerRecipe(tasks={"letters": mix}, earlier_turns=())), Random(0)
        return [mixture.conversation(random)[1][0].content for _ in range(50)]

    assert questions(0.0) == questions(0.0) != questions(1.0)

    def practised(share: float) -> list[str]:
        practices = Practices(kinds={"letters": Practice()}, strangers=share)
        return [one.question for one in ProblemSource(practices, 0).problems(0, 0, 50)]

    assert practised(0.0) != practised(1.0)
