"""The task "calendar": its answers against the standard library's dates, its lines against plain counting."""

from __future__ import annotations

import re
from datetime import date, timedelta
from random import Random

import pytest

from tests.tasks.calendar_meaning import calendar_asked
from thinkling.errors import TaskError
from thinkling.records import Problem
from thinkling.tasks.almanac import MONTHS, WEEKDAYS
from thinkling.tasks.calendar import Calendar
from thinkling.tasks.calendar_wordings import AFTER, BEFORE, DATES, SPAN

TASK = Calendar()
MONDAY = date(2024, 1, 1)


def _expected(problem: Problem) -> str:
    """The answer by `datetime`, in a common year."""
    _, form, body = problem.key.split(":")
    if form in ("day", "month"):
        if problem.answer.isdigit():  # how many days until then
            return re.sub(r"\d\+", "", body)
        start, amount = (int(number) for number in re.fullmatch(r"(\d+)([+-]\d+)", body).groups())  # type: ignore[union-attr]
        if form == "day":
            later = MONDAY + timedelta(days=start - 1 + amount)
            return WEEKDAYS[problem.language][later.weekday()]
        return MONTHS[problem.language][(12 * 100 + start - 1 + amount) % 12]
    first, last = (tuple(map(int, part.split("/"))) for part in body.split("-"))
    if form == "within":
        return str(last[0] - first[0])
    return str((date(2023, *last) - date(2023, *first)).days)


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
        asked = calendar_asked(problem.question)
        names = {"day": WEEKDAYS[language], "month": MONTHS[language]}.get(asked.form)
        assert problem.answer == (names[asked.answer - 1] if names else str(asked.answer)), (problem, asked)


@pytest.mark.parametrize("language", TASK.languages)
def test_every_template_goes_in_the_direction_of_its_list(language: str) -> None:
    for wordings, amount in ((AFTER, 3), (BEFORE, -3)):
        for template in wordings[language].expanded():
            if language == "en":
                question = template.format(k="day", d="Monday", t="3 days", on="on")
            else:
                question = template.format(k="星期几", d="星期一", t="3天")
            assert calendar_asked(question).amount == amount, question
    for wordings, english, chinese in (
        (SPAN, ("Monday", "Friday"), ("星期一", "星期五")),
        (DATES, ("May 3", "May 7"), ("5月3日", "5月7日")),
    ):
        first, last = english if language == "en" else chinese
        for template in wordings[language].expanded():
            assert calendar_asked(template.format(d=first, e=last)).answer == 4, template


def test_no_question_lets_a_person_count_both_ends() -> None:
    inclusive = re.compile(
        r"from \{d\} (?:to|until|till)|\{d\} to \{e\}|到\{e\}(?:有|是|要|隔|需)|\{d\}到|共.天|走了|第几天"
    )
    for wordings in (SPAN, DATES):
        for language in TASK.languages:
            for template in wordings[language].expanded():
                assert not inclusive.search(template) or "must I wait from" in template, template


def test_days_until_a_weekday_and_the_weekday_after_these_days_have_one_key() -> None:
    random = Random(8)
    keys: dict[str, set[bool]] = {}
    for _ in range(3000):
        problem = TASK.sample(random, 1)
        keys.setdefault(problem.key, set()).add(problem.answer.isdigit())
    both = [key for key, found in keys.items() if len(found) == 2]
    assert len(both) >= 30 and not any(key.startswith("calendar:span") for key in keys)


@pytest.mark.parametrize("language", TASK.languages)
def test_every_line_is_true_and_the_last_shows_the_answer(language: str) -> None:
    random = Random(4)
    for _ in range(2000):
        problem = TASK.sample(random, language=language)
        lines = TASK.solve(problem, random, "worked").reasoning.split("\n")
        for line in lines:
            match = re.fullmatch(r"(\d+)([+-])(\d+)=(\d+)", line)
            if match:
                left, right, result = int(match[1]), int(match[3]), int(match[4])
                assert result == (left + right if match[2] == "+" else left - right), (problem, line)
        assert re.search(rf"(?<!\d){problem.answer}(?: |\Z)", lines[-1]), (problem, lines)
        assert sum(map(len, lines)) + len(lines) <= 120, lines


def test_days_are_counted_on_one_by_one_after_the_weeks_are_taken_away() -> None:
    problem = Problem("calendar", "What day is 93 days before Tuesday?", "Sunday", "calendar:day:2-93", 3)
    assert TASK.solve(problem, Random(0), "worked").reasoning.split("\n") == [
        "Tuesday -93",
        "93-70=23",
        "23-21=2",
        "Tuesday -1 Monday -2 Sunday",
    ]


def test_levels_go_by_the_amount() -> None:
    random = Random(5)
    for level, (least, most) in {1: (1, 6), 2: (7, 30), 3: (31, 99)}.items():
        for _ in range(300):
            match = re.search(r"(?:day|month):\d+[+-](\d+)", TASK.sample(random, level).key)
            assert match is None or least <= int(match[1]) <= most


@pytest.mark.parametrize(
    ("key", "question", "answer", "said", "is_right"),
    [
        ("day:1+4", "What day is 4 days after Monday?", "Friday", "4 days after Monday is Friday.", True),
        ("day:1+4", "What day is 4 days after Monday?", "Friday", "Saturday", False),
        ("day:1+4", "What day is 4 days after Monday?", "Friday", "Friday, Saturday", False),
        ("day:1+7", "What day is 7 days after Monday?", "Monday", "What day is 7 days after Monday?", False),
        ("day:1+7", "What day is 7 days after Monday?", "Monday", "7 days after Monday", False),
        ("day:1+7", "What day is 7 days after Monday?", "Monday", "It is Monday", True),
        ("day:1+4", "星期一之后4天是星期几？", "星期五", "答案是周五。", True),
        ("day:1+4", "星期一之后4天是星期几？", "星期五", "不是星期五", False),
        ("month:3+2", "What month is 2 months after March?", "May", "2 months after March is **May**.", True),
        ("month:3+2", "What month is 2 months after March?", "May", "March", False),
        ("month:12-1", "12月之前1个月是几月？", "11月", "十一月", True),
        ("month:12-1", "12月之前1个月是几月？", "11月", "一月", False),
        ("within:3-20", "How many days after May 3 is May 20?", "17", "17 days.", True),
        ("within:3-20", "How many days after May 3 is May 20?", "17", "17 or 18 days", False),
        (
            "within:3-20",
            "I arrive on May 3 and leave on May 20. How many nights do I stay?",
            "17",
            "17",
            True,
        ),
        ("within:3-20", "5月3日再过几天是5月20日？", "17", "一共17天。", True),
        ("day:1+4", "How many days after Monday is Friday?", "4", "4 days", True),
        ("day:1+4", "How many days after Monday is Friday?", "4", "Friday", False),
        ("day:1+4", "How many days after Monday is Friday?", "4", "5", False),
    ],
)
def test_answers_are_judged_as_a_person_would(
    key: str, question: str, answer: str, said: str, is_right: bool
) -> None:
    problem = Problem("calendar", question, answer, f"calendar:{key}", 1)
    assert TASK.check(problem, said).is_correct is is_right


@pytest.mark.parametrize("language", TASK.languages)
def test_an_echo_of_the_question_is_wrong(language: str) -> None:
    random = Random(6)
    for _ in range(2000):
        problem = TASK.sample(random, language=language)
        assert not TASK.check(problem, problem.question).is_correct, problem


def test_questions_have_many_wordings_in_both_languages() -> None:
    for wordings in (AFTER, BEFORE, DATES):
        assert len(set(wordings["en"].expanded())) >= 60 and len(wordings["en"]) >= 24
        assert len(set(wordings["zh"].expanded())) >= 30
    assert len(set(SPAN["en"].expanded())) >= 30 and len(set(SPAN["zh"].expanded())) >= 15


def test_a_key_that_names_no_calendar_problem_is_refused() -> None:
    for body in ("", "day:1", "day:Mon+3", "year:1+2"):
        with pytest.raises(TaskError, match="no calendar problem"):
            TASK.solve(Problem("calendar", "?", "1", f"calendar:{body}"), Random(0))


def test_an_expression_may_be_repeated_before_its_result() -> None:
    problem = Problem("calendar", "Monday + 3 days", "Thursday", "calendar:day:1+3", 1)
    for said in ("Monday + 3 days = Thursday", "Monday + 3 days is Thursday", "Monday + 3 days ＝ Thursday"):
        assert TASK.check(problem, said).is_correct, said
    for said in ("Monday + 3 days", "Monday + 3 days = Monday", "Monday + 3 days = Thursday or Friday"):
        assert not TASK.check(problem, said).is_correct, said
    same = Problem(
        "calendar", "If today is Monday, which day is it in 7 days?", "Monday", "calendar:day:1+7", 1
    )
    for said in (
        f"{same.question} ok",
        f"{same.question} = ok",
        f"= {same.question}",
        f"{same.question} is it",
    ):
        assert not TASK.check(same, said).is_correct, said
