"""What every task promises: its solutions pass its own check, its slips fail, and draws follow the seed."""

from __future__ import annotations

import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkling.errors import TaskError
from thinkling.records import Problem
from thinkling.tasks import TASKS, Task, task_named
from thinkling.tasks.task import BARE
from thinkling.tasks.words import LONGEST, SHORTEST, WORDS, pseudo_word

EQUATION = re.compile(r"(\d+)([*+-])(-?\d+)=(-?\d+)")
OPERATION = {"*": lambda a, b: a * b, "+": lambda a, b: a + b, "-": lambda a, b: a - b}

every_task = pytest.mark.parametrize("task", TASKS.values(), ids=list(TASKS))
in_every_language = pytest.mark.parametrize(
    ("task", "language"),
    [
        pytest.param(task, language, id=f"{name}-{language}")
        for name, task in TASKS.items()
        for language in task.languages
    ],
)


def _draw(task: Task, count: int, seed: int = 0, language: str = "en") -> list[Problem]:
    random = Random(seed)
    return [task.sample(random, language=language) for _ in range(count)]


@in_every_language
def test_solutions_pass_and_slips_fail_the_tasks_own_check(task: Task, language: str) -> None:
    random = Random(1)
    for problem in _draw(task, 400, language=language):
        assert problem.language == language and problem.kind == task.name
        for style in task.styles:
            right = task.solve(problem, random, style)
            assert task.check(problem, right.answer).is_correct, (problem, right)
            assert bool(right.reasoning) is (style != BARE)
            wrong = task.slip(problem, random, style)
            verdict = task.check(problem, wrong.answer)
            assert not verdict.is_correct and verdict.reward == 0.0 and verdict.reason, (problem, wrong)


@in_every_language
def test_draws_and_solutions_follow_the_seed_alone(task: Task, language: str) -> None:
    def walk(seed: int) -> list[object]:
        random = Random(seed)
        drawn = [task.sample(random, language=language) for _ in range(50)]
        written = [task.solve(p, random, s) for p in drawn for s in task.styles]
        return [*drawn, *written, *(task.slip(p, random, s) for p in drawn for s in task.styles)]

    assert walk(3) == walk(3)
    assert walk(3) != walk(4)


@in_every_language
def test_every_level_is_drawn_as_asked_and_an_unknown_one_refused(task: Task, language: str) -> None:
    random = Random(0)
    for level in task.levels:
        assert {task.sample(random, level, language).level for _ in range(60)} == {level}
    with pytest.raises(TaskError, match="no questions in 'tlh'"):
        task.sample(random, language="tlh")
    with pytest.raises(TaskError, match="level 99"):
        task.sample(random, 99)
    problem = task.sample(random)
    with pytest.raises(TaskError, match="no style"):
        task.solve(problem, random, "rhymed")
    with pytest.raises(TaskError, match="no style"):
        task.slip(problem, random, "rhymed")


@in_every_language
def test_a_question_in_chinese_and_only_that_is_written_in_chinese(task: Task, language: str) -> None:
    for problem in _draw(task, 200, language=language):
        is_chinese = any("\u4e00" <= character <= "\u9fff" for character in problem.question)
        is_bare_notation = not re.search(r"[a-z]{3}", problem.question)
        assert is_bare_notation or is_chinese == (language == "zh"), problem


@in_every_language
def test_answers_to_everything_and_to_nothing_are_wrong(task: Task, language: str) -> None:
    random = Random(5)
    problems = _draw(task, 40, language=language)
    heap = " ".join(task.solve(problem, random).answer for problem in problems)
    hostile = ("", " ", "?", "1e999", "9" * 10_000, "__import__('os')", "x" * 1_000_000, "None", "nan", heap)
    for problem in problems:
        for answer in hostile:
            assert not task.check(problem, answer).is_correct, (problem, answer[:40])


@pytest.mark.parametrize("name", ["multiply", "letters", "sums"])
def test_an_echo_of_the_question_is_wrong(name: str) -> None:
    for problem in _draw(TASKS[name], 400):
        assert not TASKS[name].check(problem, problem.question).is_correct, problem


@pytest.mark.parametrize(
    ("name", "style"), [("multiply", "split"), ("multiply", "digits"), ("sums", "worked")]
)
def test_every_worked_equation_is_true_and_the_last_gives_the_answer(name: str, style: str) -> None:
    task, random = TASKS[name], Random(2)
    for problem in _draw(task, 500):
        lines = task.solve(problem, random, style).reasoning.split("\n")
        for line in lines:
            match = EQUATION.fullmatch(line)
            assert match, line
            assert OPERATION[match[2]](int(match[1]), int(match[3])) == int(match[4]), (problem, line)
        is_round = style == "digits" and problem.answer.endswith("0")
        assert is_round or lines[-1].endswith(f"={problem.answer}"), (problem, lines)


@pytest.mark.parametrize(
    ("name", "style"), [("multiply", "split"), ("multiply", "digits"), ("sums", "worked")]
)
def test_a_slip_is_one_wrong_equation_that_is_carried_through(name: str, style: str) -> None:
    task, random = TASKS[name], Random(2)
    for problem in _draw(task, 300):
        wrong = task.slip(problem, random, style)
        matches = [EQUATION.fullmatch(line) for line in wrong.reasoning.split("\n")]
        is_true = [OPERATION[m[2]](int(m[1]), int(m[3])) == int(m[4]) for m in matches if m]
        if len(is_true) == len(matches):  # a slip below zero writes a left side with a sign
            assert is_true.count(False) == 1, (problem, wrong)


@settings(max_examples=200, deadline=None)
@given(st.integers(11, 99), st.integers(11, 99), st.sampled_from(["split", "digits"]))
def test_every_product_is_worked_out_in_few_tokens(first: int, second: int, style: str) -> None:
    key = f"multiply:{min(first, second)}x{max(first, second)}"
    problem = Problem("multiply", f"What's {first} times {second}?", str(first * second), key, 3)
    solution = TASKS["multiply"].solve(problem, Random(0), style)
    assert TASKS["multiply"].check(problem, solution.answer).is_correct
    assert len(solution.reasoning) <= (36 if style == "split" else 68)  # one character is one token here


def test_wordings_that_people_use_are_asked() -> None:
    drawn = {re.sub(r"\d+", "N", problem.question) for problem in _draw(TASKS["multiply"], 2000)}
    assert "What's N times N?" in drawn and len(drawn) >= 25
    drawn = {re.sub(r"\d+", "N", problem.question) for problem in _draw(TASKS["sums"], 3000)}
    assert "What's N+N?" in drawn and len(drawn) >= 60
    letters = _draw(TASKS["letters"], 3000)
    drawn = {p.question.replace(p.key.split(":")[2], "W") for p in letters}
    assert any(re.fullmatch(r"How many \w's are in W\?", question) for question in drawn)
    drawn = {problem.question for problem in _draw(TASKS["greetings"], 20_000)}
    assert "Hello! How are you?" in drawn and len(drawn) > 1000


def test_sums_never_fall_below_zero_and_name_two_to_four_terms() -> None:
    for problem in _draw(TASKS["sums"], 1000):
        terms = re.findall(r"\d+", problem.key)
        assert 2 <= len(terms) <= 4 and all(int(term) <= 99 for term in terms)
        assert int(problem.answer) >= 0
        assert (problem.level == 0) is (len(terms) == 2 and all(int(term) <= 9 for term in terms))


def test_letters_spell_the_word_with_a_running_count() -> None:
    problem = Problem("letters", "How many r's are in berry?", "2", "letters:r:berry", 1)
    assert TASKS["letters"].solve(problem, Random(0), "worked").reasoning == "b0 e0 r1 r2 y2"


def test_words_are_many_distinct_and_of_fitting_length() -> None:
    assert len(WORDS) == len(set(WORDS)) >= 400
    random = Random(0)
    for word in (*WORDS, *(pseudo_word(random) for _ in range(500))):
        assert SHORTEST <= len(word) <= LONGEST and word.isascii() and word.islower(), word


def test_sorting_inserts_one_number_a_line() -> None:
    problem = Problem("sorting", "Sort 14, 3, 9.", "3,9,14", "sorting:3,9,14", 1)
    assert TASKS["sorting"].solve(problem, Random(0), "worked").reasoning == "14\n3 14\n3 9 14"


@pytest.mark.parametrize(
    ("answer", "is_right"),
    [
        ("I am fine, thank you!", True),
        ("Hello! I am doing well.", True),
        ("Hello! How are you?", False),
        ("Goodbye!", False),
        ("well", False),
        ("Hi! I am fine. I am thinkling. You are welcome! Goodbye!", False),
        ("I am fine " * 20, False),
    ],
)
def test_small_talk_is_judged_by_rule(answer: str, is_right: bool) -> None:
    problem = Problem("greetings", "Hello! How are you?", "", "greetings:how:hello how are you")
    assert TASKS["greetings"].check(problem, answer).is_correct is is_right


def test_a_problem_of_another_task_is_refused() -> None:
    problem = TASKS["sums"].sample(Random(0))
    for name in ("multiply", "letters", "sorting", "greetings"):
        with pytest.raises(TaskError, match="not a problem of task"):
            TASKS[name].solve(problem, Random(0))


def test_tasks_are_found_by_name_and_near_misses_are_named() -> None:
    for name, task in TASKS.items():
        assert task.name == name and task_named(name) is task and isinstance(task, Task)
    with pytest.raises(TaskError) as caught:
        task_named("multiplly")
    assert "multiply" in caught.value.hint
