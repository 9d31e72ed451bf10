"""The task "clock": its answers against the standard library, its lines true, its levels as declared."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from random import Random

import pytest

from tests.tasks.clock_meaning import clock_asked
from thinkling.errors import TaskError
from thinkling.records import Problem
from thinkling.tasks.clock import Clock
from thinkling.tasks.clock_wordings import AFTER, BEFORE, BETWEEN

TASK = Clock()


def _facts(problem: Problem) -> tuple[datetime, str, datetime, timedelta]:
    match = re.fullmatch(r"clock:(\d+):(\d+)([+-]|\.\.)(\d+):(\d+)", problem.key)
    assert match, problem
    hour, minute, sign, hours, minutes = match.groups()
    day = datetime(2024, 5, 5)
    span = timedelta(hours=int(hours), minutes=int(minutes))
    return day + timedelta(hours=int(hour), minutes=int(minute)), sign, day + span, span


def _expected(problem: Problem) -> str:
    start, sign, end, span = _facts(problem)
    if sign == "..":
        return str(int((end - start).total_seconds()) // 60)
    time = start + span if sign == "+" else start - span
    return f"{time.hour}:{time:%M}"


@pytest.mark.parametrize("language", TASK.languages)
def test_answers_agree_with_the_standard_library(language: str) -> None:
    random = Random(3)
    for _ in range(3000):
        problem = TASK.sample(random, language=language)
        assert problem.answer == _expected(problem), problem


@pytest.mark.parametrize("language", TASK.languages)
def test_the_words_of_the_question_alone_lead_to_the_answer(language: str) -> None:
    random = Random(9)
    for _ in range(3000):
        problem = TASK.sample(random, language=language)
        *given, answer = clock_asked(problem.question)
        shown = str(answer) if ".." in problem.key else f"{answer // 60}:{answer % 60:02d}"
        assert shown == problem.answer, (problem, given)


@pytest.mark.parametrize("language", TASK.languages)
def test_every_template_goes_in_the_direction_of_its_list(language: str) -> None:
    start, end, span = ("13:20", "14:05", "45 minutes" if language == "en" else "45分钟")
    for wordings, right in ((AFTER, 14 * 60 + 5), (BEFORE, 12 * 60 + 35), (BETWEEN, 45)):
        for template in wordings[language].expanded():
            assert clock_asked(template.format(c=start, e=end, t=span))[-1] == right, template


@pytest.mark.parametrize(
    ("question", "answer", "said", "is_right"),
    [
        ("What time is it 45 minutes after 1:20 pm?", "14:05", "2:05", True),
        ("What time is it 45 minutes after 1:20 pm?", "14:05", "It is 2:05.", True),
        ("What time is it 45 minutes after 1:20 pm?", "14:05", "45 minutes after 1:20 is 2:05.", True),
        ("What time is it 45 minutes after 1:20 pm?", "14:05", "14:05", True),
        ("What time is it 45 minutes after 1:20 pm?", "14:05", "2:05 pm", True),
        ("What time is it 45 minutes after 1:20 pm?", "14:05", "2:05 am", False),
        ("What time is it 45 minutes after 1:20 pm?", "14:05", "2:15", False),
        ("What time is it 45 minutes after 1:20 pm?", "14:05", "1:20", False),
        ("What time is it 45 minutes after 1:20 am?", "2:05", "2:05", True),
        ("What time is it 45 minutes after 1:20 am?", "2:05", "14:05", False),
        ("What time is it 45 minutes after 11:20 pm?", "0:05", "12:05", True),
        ("What time is it 45 minutes after 11:20 am?", "12:05", "0:05", False),
        ("What time is it 45 minutes after 13:20?", "14:05", "2:05", False),
        ("下午1点20分过45分钟是几点？", "14:05", "2点5分", True),
        ("下午1点20分过45分钟是几点？", "14:05", "下午2点5分", True),
        ("下午1点20分过45分钟是几点？", "14:05", "上午2点5分", False),
        ("13点20分过45分钟是几点？", "14:05", "2点5分", False),
    ],
)
def test_twelve_hours_are_enough_where_the_question_names_the_half_of_the_day(
    question: str, answer: str, said: str, is_right: bool
) -> None:
    problem = Problem("clock", question, answer, f"clock:{answer}+0:00")
    assert TASK.check(problem, said).is_correct is is_right


@pytest.mark.parametrize("language", TASK.languages)
def test_every_equation_is_true_and_the_last_line_shows_the_answer(language: str) -> None:
    random = Random(4)
    for _ in range(2000):
        problem = TASK.sample(random, language=language)
        reasoning = TASK.solve(problem, random, "worked").reasoning
        for left, sign, right, result in re.findall(r"(\d+)([+*-])(\d+)=(\d+)", reasoning):
            true = {"+": int(left) + int(right), "-": int(left) - int(right), "*": int(left) * int(right)}
            assert int(result) == true[sign], (problem, reasoning)
        assert re.search(rf"(?:\A|=|\n){problem.answer}\Z", reasoning), (problem, reasoning)
        assert len(reasoning) <= 120, reasoning


def test_hours_come_first_and_minutes_carry() -> None:
    problem = Problem("clock", "What time is it 2 hours 45 minutes after 13:20?", "16:05", "clock:13:20+2:45")
    assert TASK.solve(problem, Random(0), "worked").reasoning.split("\n") == [
        "13:20 +2:45",
        "13+2=15",
        "20+40=60",
        "60+5=65",
        "65-60=5",
        "15+1=16",
        "16:05",
    ]


def test_levels_say_what_has_to_be_carried() -> None:
    random = Random(5)
    for _ in range(2000):
        problem = TASK.sample(random)
        start, sign, end, span = _facts(problem)
        time = start + span if sign == "+" else start - span
        if sign == "..":
            hours = end.hour - start.hour
            assert hours == {1: 0, 2: 1}.get(problem.level, hours) and (problem.level < 3 or hours >= 2)
        elif problem.level == 1:
            assert (time.hour == start.hour) != (span.seconds % 3600 == 0), problem
            assert time.day == start.day
        elif problem.level == 2:
            assert span < timedelta(hours=1) and time.hour != start.hour and time.day == start.day
        else:
            assert span > timedelta(hours=1) and span.seconds % 3600


def test_minutes_may_be_said_as_hours_and_minutes() -> None:
    problem = Problem("clock", "How many minutes from 9:50 to 12:20?", "150", "clock:9:50..12:20", 3)
    for said in (
        "150",
        "150 minutes.",
        "The answer is 150.",
        "2 hours and 30 minutes",
        "2小时30分钟",
        "150分钟",
    ):
        assert TASK.check(problem, said).is_correct, said
    for said in ("30", "2 hours", "2 hours 31 minutes", "150 or 151", "9:50 to 12:20", problem.question):
        assert not TASK.check(problem, said).is_correct, said


def test_questions_have_many_wordings_in_both_languages() -> None:
    for wordings in (AFTER, BEFORE, BETWEEN):
        assert len(set(wordings["en"].expanded())) >= 60 and len(wordings["en"]) >= 25
        assert len(set(wordings["zh"].expanded())) >= 30 and len(wordings["zh"]) >= 15


@pytest.mark.parametrize("language", TASK.languages)
def test_an_echo_of_the_question_is_wrong(language: str) -> None:
    random = Random(6)
    for _ in range(1000):
        problem = TASK.sample(random, language=language)
        assert not TASK.check(problem, problem.question).is_correct, problem


def test_a_key_without_times_is_refused() -> None:
    for body in ("", "13:20", "13:20*2:00"):
        with pytest.raises(TaskError, match="names no times"):
            TASK.solve(Problem("clock", "?", "1", f"clock:{body}"), Random(0))


def test_hours_are_not_taken_for_minutes() -> None:
    two = Problem("clock", "How many minutes from 9:05 to 9:07?", "2", "clock:9:05..9:07", 1)
    hour = Problem("clock", "How many minutes from 9:45 to 10:45?", "60", "clock:9:45..10:45", 2)
    assert TASK.check(two, "2 minutes").is_correct and TASK.check(hour, "60").is_correct
    for said in ("1 hour", "It is 1 hour.", "1小时", "1个小时"):
        assert TASK.check(hour, said).is_correct, said
    for said in ("2 hours", "2小时", "2个小时", "102 hours", "1.2 hours"):
        assert not TASK.check(two, said).is_correct, said
    assert not TASK.check(hour, "1 hour and a half").is_correct
    long = Problem("clock", "How many minutes from 9:50 to 12:20?", "150", "clock:9:50..12:20", 3)
    assert TASK.check(long, "2个小时30分钟").is_correct
    assert not TASK.check(long, "150 hours").is_correct and not TASK.check(long, "150小时").is_correct


def test_an_expression_may_be_repeated_before_its_result() -> None:
    for question in ("13:20 + 45 minutes", "13:20 + 45 minutes =", "13:20 + 45 minutes = ?"):
        problem = Problem("clock", question, "14:05", "clock:13:20+0:45", 2)
        assert TASK.check(problem, "13:20 + 45 minutes = 14:05").is_correct
        for said in (
            "13:20 + 45 minutes",
            "13:20 + 45 minutes =",
            "13:20 + 45 minutes = ?",
            "13:20 + 45 minutes = 14:06",
        ):
            assert not TASK.check(problem, said).is_correct, said
