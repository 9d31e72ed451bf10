"""What stands around and inside questions: no doubled words, no stray spaces, no open equation with a dot."""

from __future__ import annotations

import re
from random import Random

import pytest

from thinkling.tasks import TASKS
from thinkling.tasks.wording import dressed

KINDS = ("multiply", "divide", "sums", "chains", "countdown", "equations", "stories")
FAULT = re.compile(
    r"  | 's\b| [,;.]|=\.|\b([a-z]{2,}) \1\b|[,;:] ?[.?]|\?\?|\.\.(?!\.)|^\s|\s$"
    r"|(?:能不能|能否|可否|是不是)[^？。]*吗"
    r"|How much (?:does|will) .* be\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_questions_and_answers_have_no_doubled_word_and_no_stray_space(kind: str, language: str) -> None:
    random, task = Random(1), TASKS[kind]
    for _ in range(4000):
        problem = task.sample(random, language=language)
        answer = task.solve(problem, random).answer
        for text in (problem.question, answer):
            fault = FAULT.search(text)
            assert not fault, (text, fault[0])


def test_nobody_asks_by_how_much_a_number_exceeds_itself_or_splits_into_one_part() -> None:
    random = Random(2)
    for _ in range(8000):
        sums, divide = TASKS["sums"].sample(random, 0), TASKS["divide"].sample(random, 0)
        if re.search(r"exceed|larger|bigger|greater|smaller|how far", sums.question):
            assert len(set(re.findall(r"\d+", sums.question))) == 2, sums
        if divide.key.endswith("/1"):
            assert not re.search(r"parts|among|\beach\b|equally|equal parts|1s\b", divide.question), divide


@pytest.mark.parametrize(("question", "language"), [("12 * 14 =", "en"), ("12*14=", "en"), ("12*14=", "zh")])
def test_an_open_equation_is_closed_before_another_sentence(question: str, language: str) -> None:
    drawn = {dressed(question, Random(seed), language) for seed in range(600)}
    assert all("=." not in text and "=。" not in text for text in drawn)
    assert any(re.search(r"= ?[?？] ?[A-Z\u4e00-\u9fff]", text) for text in drawn)


def test_an_opening_does_not_say_again_how_the_question_begins() -> None:
    drawn = {dressed("Please add 3 and 4.", Random(seed), "en") for seed in range(600)}
    assert not any("lease help me: please" in text for text in drawn)
    assert not any(
        text.startswith("请问") and "请问请" in text
        for text in (dressed("请算3加4。", Random(seed), "zh") for seed in range(600))
    )
