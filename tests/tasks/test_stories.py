"""The task "stories": answers against plain formulas, true equations, keys of nothing but mathematics."""

from __future__ import annotations

import re
from fractions import Fraction
from random import Random

import pytest

from tests.tasks.story_meaning import FORMULAS, story_meaning, story_numbers
from thinkling.errors import TaskError
from thinkling.records import Problem
from thinkling.tasks import story_chinese, story_english
from thinkling.tasks.stories import Stories
from thinkling.tasks.story_forms import FORMS

TASK = Stories()
WORDS = {"en": story_english, "zh": story_chinese}


def _facts(problem: Problem) -> tuple[str, list[int]]:
    _, form, listed = problem.key.split(":")
    return form, [int(number) for number in listed.split(",")]


@pytest.mark.parametrize("language", TASK.languages)
def test_answers_follow_the_formula_of_the_key_and_come_out_whole_and_not_negative(language: str) -> None:
    random, seen = Random(1), set()
    for _ in range(4000):
        problem = TASK.sample(random, language=language)
        form, numbers = _facts(problem)
        assert int(problem.answer) == FORMULAS[form](*map(Fraction, numbers)) and int(problem.answer) >= 0, (
            problem
        )
        assert problem.level == FORMS[form].level
        seen.add(form)
    assert seen == FORMULAS.keys() == FORMS.keys()


@pytest.mark.parametrize("language", TASK.languages)
def test_the_words_of_a_question_give_each_number_the_part_that_the_key_gives_it(language: str) -> None:
    random = Random(5)
    for _ in range(8000):
        problem = TASK.sample(random, language=language)
        story_meaning(problem)  # what the words say comes to the answer
        form, numbers = story_numbers(problem)
        assert FORMS[form].canonical(tuple(numbers)) == tuple(_facts(problem)[1]), problem


@pytest.mark.parametrize("language", TASK.languages)
def test_an_aside_speaks_of_nothing_that_is_asked(language: str) -> None:
    random, asked = Random(7), set()
    for _ in range(6000):
        question = TASK.sample(random, language=language).question.lower()
        asked |= set(re.findall(r"how many (?:more |fewer )?([a-z]+)|(?:多少|几)(\w)", question))
    nouns = {word for found in asked for word in found if len(word) > 3 or word > "\u4e00"} - {"years"}
    for aside in WORDS[language].ASIDES.expanded():
        assert nouns.isdisjoint(re.findall(r"[a-z]+", aside)), aside
        assert not set(re.findall(r"\{x\}(\w)", aside)) & (nouns - set("度号分首扇只")), aside


def test_what_is_shared_can_be_shared_equally() -> None:
    random = Random(2)
    for _ in range(3000):
        form, numbers = _facts(TASK.sample(random))
        if form in ("quotient", "shared_sum", "shared_left", "groups_left_shared"):
            parts = numbers[-1]
            whole = {
                "quotient": lambda a, _: a,
                "shared_sum": lambda a, b, _: a + b,
                "shared_left": lambda a, b, _: a - b,
                "groups_left_shared": lambda a, b, c, _: a * b - c,
            }[form](*numbers)
            assert whole % parts == 0 and whole > 0 and min(numbers) >= 2, (form, numbers)


@pytest.mark.parametrize("language", TASK.languages)
def test_every_equation_is_true_and_the_last_gives_the_answer(language: str) -> None:
    random = Random(3)
    for _ in range(2000):
        problem = TASK.sample(random, language=language)
        lines = TASK.solve(problem, random, "worked").reasoning.split("\n")
        for line in lines:
            match = re.fullmatch(r"(\d+)([-+*/])(\d+)=(\d+)", line)
            assert match, (problem, line)
            left, right, result = int(match[1]), int(match[3]), int(match[4])
            true = {"+": left + right, "-": left - right, "*": left * right, "/": left / right}
            assert true[match[2]] == result, (problem, line)
        assert lines[-1].endswith(f"={problem.answer}") and len("\n".join(lines)) <= 100, (problem, lines)


def test_numbers_are_taken_in_the_order_of_the_story() -> None:
    question = (
        "Zoe has 30 cats. Tom has 9 apples, Ann has 12 and Bob has 7. How many apples do they have together?"
    )
    problem = Problem("stories", question, "28", "stories:sum_three:7,9,12", 2)
    assert TASK.solve(problem, Random(0), "worked").reasoning.split("\n") == ["9+10=19", "19+2=21", "21+7=28"]
    question = "6 pens at 4 dollars and 3 books at 9 dollars. How many dollars is that?"
    problem = Problem("stories", question, "51", "stories:two_groups:3,9,4,6", 3)
    assert TASK.solve(problem, Random(0), "worked").reasoning.split("\n")[:2] == ["6*4=24", "3*9=27"]


def test_order_and_a_number_that_does_not_matter_leave_the_key_alone() -> None:
    form = FORMS["two_groups"]
    assert form.canonical((6, 4, 3, 9)) == form.canonical((9, 3, 4, 6)) == (3, 9, 4, 6)
    assert FORMS["left"].canonical((9, 4)) == (9, 4)
    random, with_aside = Random(4), 0
    for _ in range(2000):
        problem = TASK.sample(random)
        form_name, numbers = _facts(problem)
        asked = re.findall(r"\d+", problem.question)
        with_aside += len(asked) > len(numbers)
        assert len(asked) - len(numbers) in (0, 1) and form_name in FORMS
    assert 200 < with_aside < 700


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_template_names_the_numbers_of_its_form_once(language: str) -> None:
    num_templates = 0
    for name, form in FORMS.items():
        count = len(form.draw(Random(0)))
        wordings = WORDS[language].WORDINGS[name]
        num_templates += len(wordings)
        for template in wordings.expanded():
            assert re.findall(r"\{([abcd])\}", template) and "{i}" in template, template
            assert sorted(re.findall(r"\{([abcd])\}", template)) == list("abcd"[:count]), (name, template)
    assert num_templates >= (110 if language == "en" else 95), num_templates


def test_units_and_whole_sentences_are_accepted_and_hedges_are_not() -> None:
    question = "Tom had 12 apples and gave 5 to Ann. How many apples are left?"
    problem = Problem("stories", question, "7", "stories:left:12,5", 1)
    for said in (
        "7",
        "7 apples",
        "7 apples.",
        "Tom has 7 apples left.",
        "The answer is 7.",
        "12 - 5 = 7",
        "**7**",
    ):
        assert TASK.check(problem, said).is_correct, said
    for said in ("8", "7 or 8", "12 apples, 5 apples, 7 apples", "12 - 5", question, "", "not 7"):
        assert not TASK.check(problem, said).is_correct, said
    chinese = Problem(
        "stories", "小明有12个苹果，给了小红5个。还剩多少个苹果？", "7", "stories:left:12,5", 1, "zh"
    )
    for said in ("7", "7个", "7个苹果。", "还剩7个。", "答案是7。", "12-5=7"):
        assert TASK.check(chinese, said).is_correct, said
    for said in ("8个", "7或8", "不是7", chinese.question):
        assert not TASK.check(chinese, said).is_correct, said


@pytest.mark.parametrize("language", TASK.languages)
def test_an_echo_of_the_question_is_wrong(language: str) -> None:
    random = Random(6)
    for _ in range(1000):
        problem = TASK.sample(random, language=language)
        assert not TASK.check(problem, problem.question).is_correct, problem


def test_a_key_without_a_story_is_refused() -> None:
    for body in ("", "sum", "sum:", "sums:1,2", "sum:a,b"):
        with pytest.raises(TaskError, match="names no story"):
            TASK.solve(Problem("stories", "?", "1", f"stories:{body}"), Random(0))
