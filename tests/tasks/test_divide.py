"""Division: long division line by line, and a strict reading of quotient and remainder."""

from __future__ import annotations

import re
import time
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkling.errors import TaskError
from thinkling.records import Problem
from thinkling.tasks import divide
from thinkling.tasks.divide import Divide
from thinkling.tasks.divide_wordings import EXACT, WITH_REMAINDER
from thinkling.tasks.verify.division import check_division, read_division
from thinkling.tasks.verify.number import Refusal

TASK = Divide()
LINE = re.compile(r"(\d+): (\d)\*(\d+)=(\d+) (\d+)-(\d+)=(\d+)")


def _problem(dividend: int, divisor: int, answer: str) -> Problem:
    return Problem("divide", f"{dividend} / {divisor}", answer, f"divide:{dividend}/{divisor}", 2)


def _problems(count: int, level: int | None = None) -> list[Problem]:
    random = Random(3)
    return [TASK.sample(random, level, TASK.languages[index % 2]) for index in range(count)]


def _division(problem: Problem) -> tuple[int, int]:
    dividend, divisor = map(int, problem.key.removeprefix("divide:").split("/"))
    return dividend, divisor


def test_levels_keep_to_the_sizes_they_declare() -> None:
    for level in TASK.levels:
        for problem in _problems(500, level):
            dividend, divisor = _division(problem)
            assert sorted(map(int, re.findall(r"\d+", problem.question))) == sorted((dividend, divisor))
            quotient, remainder = divmod(dividend, divisor)
            asks_remainder = " r " in problem.answer
            assert problem.answer == (f"{quotient} r {remainder}" if asks_remainder else str(quotient))
            assert asks_remainder or not remainder
            if level == 0:
                assert quotient <= 9 >= divisor and not asks_remainder
            elif level == 3:
                assert 100 <= dividend <= 999 and 11 <= divisor <= 99 and not asks_remainder
            else:
                assert len(str(dividend)) == level + 1 and 2 <= divisor <= 9
                assert asks_remainder or quotient >= 10
    assert {" r " in problem.answer for problem in _problems(50, 1)} == {True, False}


def test_long_division_reads_as_its_description_says() -> None:
    found = TASK.solve(_problem(857, 6, "142 r 5"), Random(0), "worked").reasoning
    assert found.replace("\n", "\n    ") in (divide.__doc__ or "")
    found = TASK.solve(_problem(612, 6, "102"), Random(0), "short").reasoning
    assert found == "612/6\n6/6=1 r 0\n1/6=0 r 1\n12/6=2 r 0\n102"


def test_every_line_follows_from_the_one_before_and_spells_the_quotient() -> None:
    for problem in _problems(600):
        dividend, divisor = _division(problem)
        first, *lines, last = TASK.solve(problem, Random(0), "worked").reasoning.split("\n")
        assert first == f"{dividend}/{divisor}" and last == problem.answer
        if divisor > 9:
            assert lines[0].split() == [f"{n}:{n * divisor}" for n in range(1, 10)]
            lines = lines[1:]
        digits, rest = "", 0
        figures = list(str(dividend))
        for line in lines:
            found = LINE.fullmatch(line)
            assert found, line
            part, digit, by, multiple, again, taken, left = map(int, found.groups())
            while 10 * rest + int(figures[0]) != part:
                rest = 10 * rest + int(figures.pop(0))
            figures.pop(0)
            assert (again, by, taken) == (part, divisor, multiple)
            assert digit * by == multiple and part - multiple == left < divisor
            digits, rest = digits + str(digit), left
        assert not figures and int(digits) == dividend // divisor and rest == dividend % divisor


def test_a_worked_slip_has_one_wrong_equation_and_answers_with_what_follows() -> None:
    random = Random(4)
    for problem in _problems(600):
        slip = TASK.slip(problem, random, "worked")
        found = [list(map(int, match)) for match in LINE.findall(slip.reasoning)]
        wrong = [one for one in found if one[1] * one[2] != one[3]] + [
            one for one in found if one[4] - one[5] != one[6]
        ]
        assert len(wrong) == 1, slip
        last = slip.reasoning.split("\n")[-1]
        assert last != problem.answer
        assert int(last.partition(" ")[0]) == int("".join(str(one[1]) for one in found))


@pytest.mark.parametrize(
    "text",
    [
        *("7 remainder 3", "7 r 3", "7r3", "7 R3", "7 rem 3.", "7, remainder 3", "7 with remainder 3"),
        *("7 with a remainder of 3", "7 remainder: 3", "7 and a remainder of 3", "7, 3 left over"),
        *("7 with 3 left over", "**7 remainder 3**", "52 / 7 = 7 remainder 3", "52/7 = 7 r 3."),
        *("The answer is 7 remainder 3.", "The answer is **7 r 3**.", "It is 7 r 3", "Answer: 7 r 3"),
        *("quotient 7, remainder 3", "Quotient: 7; remainder: 3", "Quotient = 7, remainder = 3"),
        *("The quotient is 7 and the remainder is 3.", "52 divided by 7 is 7 remainder 3."),
        *("7余3", "7 余 3", "商7余3", "商是7，余数是3。", "商：7，余数：3", "答案是7余3。", "52÷7=7……3"),
        *(
            "每人7个，还剩3个",
            "7盒，剩3个",
            "能装7盒，还剩3个。",
            "有7个7，还剩3",
            "每份7，余3",
            "7个，剩下3",
        ),
        *("7 each, 3 left over", "7 times, 3 left", "7 full boxes and 3 left", "7 each and 3 remain."),
        *("There are 7 full boxes and 3 are left over.", "7 whole 7s and 3 left", "Each gets 7, 3 are left."),
        *("52 ÷ 7 = 7…3", "7...3", "7……3", "52除以7等于7余3", "52除以7，商7余3。", "商为7，余数为3"),
    ],
)
def test_every_natural_form_of_a_quotient_with_remainder_is_read(text: str) -> None:
    assert read_division(text, 52, 7) == (7, 3)


@pytest.mark.parametrize(
    "text",
    [
        *("7", "7 3", "7, 3", "7 and 3", "3 remainder", "remainder 3", "7 remainder", "7.3", "7 3/7", "52/7"),
        *("7 r 3 r 3", "7 r 3 or 7 r 4", "7 r 3, 7 r 3", "not 7 r 3", "7 remainder not 3", "7 r -3"),
        *(
            "73 left over",
            "7 3",
            "7 whole 8s and 3 left",
            "有7个8，还剩3",
            "每人7个",
            "7 each",
            "还剩3个",
            "7个3个",
        ),
        *("7 r 3 of 52", "53 / 7 = 7 r 3", "52 / 8 = 7 r 3", "7 r 3?", "about 7 r 3", "7 r 3.5", "7.0 r 3"),
        *("Divide 52 by 7 with remainder.", "52 / 7 = ? r ?", "52/7 = 7", "52除以7等于几余几？", "七余三"),
        *("\uff17 r 3", "7 r \u0663", "7\u00b2 r 3", "", " ", "r", "=7 r 3=", "7 r 3" * 40, "9999999 r 3"),
    ],
)
def test_anything_else_is_no_quotient_with_remainder(text: str) -> None:
    found = read_division(text, 52, 7)
    assert isinstance(found, Refusal) and found.reason


def test_a_remainder_has_to_be_said_unless_there_is_none() -> None:
    exact, with_rest = _problem(84, 7, "12"), _problem(85, 7, "12 r 1")
    nothing_left = _problem(84, 7, "12 r 0")
    for answer in ("12", "84 / 7 = 12", "12 r 0", "12 remainder 0", "12余0", "答案是12。"):
        assert check_division(exact, 84, 7, answer).is_correct, answer
        assert TASK.check(nothing_left, answer).is_correct, answer
    for answer in ("", "13", "12 r 1", "12 r", "0", "12 or 13", "0 r 12"):
        assert not TASK.check(nothing_left, answer).is_correct, answer
    for answer in ("12", "12 r 0", "1 r 12", "12 r 2", "11 r 8", "12.14", "85/7"):
        verdict = check_division(with_rest, 85, 7, answer)
        assert not verdict.is_correct and verdict.reason, answer
    assert check_division(with_rest, 85, 7, "11 r 8").reason == "11 r 8 found, 12 r 1 expected"


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=170) | st.text(alphabet="0123456789 rem./÷=,…余商是\n", max_size=170))
def test_no_text_raises(text: str) -> None:
    found = read_division(text, 52, 7)
    assert isinstance(found, Refusal) or len(found) == 2


@pytest.mark.parametrize("piece", ["7", "7 ", ".", "… ", "r", "商", "**", "7 r "])
def test_long_texts_are_judged_at_once(piece: str) -> None:
    start = time.perf_counter()
    for size in (160, 1_000_000):
        read_division((piece * size)[:size], 52, 7)
        read_division("7" + (piece * size)[: size - 2] + "x", 52, 7)
    assert time.perf_counter() - start < 0.2


def test_wordings_are_many_and_keep_the_kinds_apart() -> None:
    for wordings, least in ((EXACT, 80), (WITH_REMAINDER, 80)):
        assert len(wordings["en"]) >= 30 and len(wordings["zh"]) >= 15
        assert len(set(wordings["en"].expanded())) >= least
        for language in TASK.languages:
            for template in wordings[language].expanded():
                assert "{a}" in template and "{b}" in template
    for language in TASK.languages:
        assert set(EXACT[language].expanded()).isdisjoint(WITH_REMAINDER[language].expanded())


def test_a_key_that_names_no_division_is_refused() -> None:
    for key in ("divide:7", "divide:7/0", "divide:a/b", "divide:1/2/3"):
        with pytest.raises(TaskError, match="names no division"):
            TASK.solve(Problem("divide", "?", "", key), Random(0))


@pytest.mark.parametrize(
    "answer", ["remainder 12", "12 left over", "12 left", "余12", "还剩12个", "52/77 r 3"]
)
def test_a_remainder_is_no_quotient(answer: str) -> None:
    for gold in ("12", "12 r 0"):
        assert not check_division(_problem(84, 7, gold), 84, 7, answer).is_correct
    assert not check_division(_problem(52, 7, "7 r 3"), 52, 7, answer).is_correct


@pytest.mark.parametrize(
    "answer",
    [
        "12, nothing left over",
        "12 with no remainder",
        "12, none left",
        "12，没有余数",
        "12个，没有剩余",
        "12 with nothing remaining",
        "12 each, no cookies left over",
        "12 without any remainder",
        "12 without remainder.",
        "12 with a remainder of zero",
        "每人12个，没有多余的",
        "12，没有任何剩余",
    ],
)
def test_nothing_may_be_said_to_remain(answer: str) -> None:
    assert check_division(_problem(84, 7, "12 r 0"), 84, 7, answer).is_correct
