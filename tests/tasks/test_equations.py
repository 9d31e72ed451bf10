"""Linear equations: each form has its solution, each worked line is true, answers are judged strictly."""

from __future__ import annotations

import re
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tasks.equation_meaning import follow_riddle
from thinkling.errors import TaskError
from thinkling.records import Problem
from thinkling.tasks.equation_steps import draw_equation, read_equation, written
from thinkling.tasks.equation_wordings import NAMES, in_symbols
from thinkling.tasks.equations import Equations

TASK = Equations()
TERM = re.compile(r"([+-]?)(\d*)\*?([a-z]?|\d+)(?:/(\d+))?", re.ASCII)


def _draw(count: int, level: int | None = None, language: str = "en") -> list[Problem]:
    random = Random(4)
    return [TASK.sample(random, level, language) for _ in range(count)]


def _side(text: str, value: int) -> Fraction:
    """A side of an equation with `value` for its letter, term by term: another way than the task's."""
    group = re.fullmatch(r"(\d+)\*?\((.*)\)", text)
    if group:
        return int(group[1]) * _side(group[2], value)
    total = Fraction(0)
    for piece in re.findall(r"[+-]?[^+-]+", text):
        term = TERM.fullmatch(piece)
        assert term, piece
        sign, factor, second, over = term.groups()
        size = Fraction(factor or 1) * (int(second) if second.isdigit() else value if second else 1)
        total += (-size if sign == "-" else size) / int(over or 1)
    return total


def _holds(line: str, value: int) -> bool:
    left, right = line.replace(" ", "").split("=")
    return _side(left, value) == _side(right, value)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_key_and_every_worked_line_have_one_solution(language: str) -> None:
    random = Random(1)
    for problem in _draw(1500, language=language):
        value = int(problem.answer)
        assert value >= 1 and _holds(problem.key.removeprefix("equations:"), value), problem
        for line in TASK.solve(problem, random, "checked").reasoning.split("\n"):
            assert _holds(line, value), (problem, line)


@pytest.mark.parametrize("form", ["plus", "from", "times", "over", "linear", "both", "group"])
def test_symbols_in_any_order_keep_the_solution(form: str) -> None:
    random = Random(1)
    for _ in range(400):
        equation, value = draw_equation(form, random)
        assert read_equation(written(equation)) == equation
        symbols = in_symbols(equation, random.choice(NAMES), random)
        assert _holds(symbols, value), (equation, symbols)


def test_riddles_lead_from_the_solution_to_the_result() -> None:
    assert sum(follow_riddle(problem) for problem in _draw(3000)) > 250


def test_a_worked_solution_is_one_transformation_a_line() -> None:
    problem = Problem("equations", "If 3y + 4 = 19, what is y?", "5", "equations:3x+4=19", 3)
    assert TASK.solve(problem, Random(0), "worked").reasoning == "3y+4=19\n3y=19-4\n3y=15\ny=15/3\ny=5"
    assert TASK.solve(problem, Random(0), "checked").reasoning.endswith("y=5\n3*5=15\n15+4=19")
    problem = Problem("equations", "Solve 3z + 14 = 5z + 4.", "5", "equations:5x+4=3x+14", 4)
    worked = "5z+4=3z+14\n5z-3z+4=14\n2z+4=14\n2z=14-4\n2z=10\nz=10/2\nz=5"
    assert TASK.solve(problem, Random(0), "worked").reasoning == worked
    riddle = "I think of a number, add 4, multiply the result by 3 and get 27. What is the number?"
    problem = Problem("equations", riddle, "5", "equations:3(x+4)=27", 4)
    worked = "3(x+4)=27\nx+4=27/3\nx+4=9\nx=9-4\nx=5"
    assert TASK.solve(problem, Random(0), "worked").reasoning == worked


@pytest.mark.parametrize("style", ["worked", "checked"])
def test_a_slip_is_one_wrong_result_that_is_carried_through(style: str) -> None:
    random = Random(2)
    for problem in _draw(800):
        slip = TASK.slip(problem, random, style)
        lines = slip.reasoning.split("\n")
        end, found = next((i, int(x[2:])) for i, x in enumerate(lines) if re.fullmatch(r"[a-z]=-?\d+", x))
        assert found != int(problem.answer) and str(found) in slip.answer
        of_unknown = [line for line in lines[: end + 1] if re.search("[a-z]", line)]
        is_true = [_holds(line, found) for line in of_unknown]
        assert is_true == sorted(is_true) and not is_true[0] and is_true[-1], (problem, lines)
        sums = [line for line in lines[:end] if line not in of_unknown]
        assert [_holds(line, 0) for line in sums].count(False) <= 1, (problem, lines)
        assert style == "worked" or not all(_holds(line, found) for line in lines[end + 1 :])
        assert len(slip.reasoning) <= 190


def test_larger_numbers_are_worked_out_in_steps_of_the_tables() -> None:
    problem = Problem("equations", "x/12 = 14", "168", "equations:x/12=14", 2)
    worked = "x/12=14\nx=14*12\n14*10=140\n14*2=28\n140+28=168\nx=168"
    assert TASK.solve(problem, Random(0), "worked").reasoning == worked
    problem = Problem("equations", "4x - 20 = 28", "12", "equations:4x-20=28", 3)
    worked = "4x-20=28\n4x=28+20\n4x=48\nx=48/4\n40/4=10\n48-40=8\n8/4=2\n10+2=12\nx=12"
    assert TASK.solve(problem, Random(0), "worked").reasoning == worked
    problem = Problem("equations", "x + 29 = 95", "66", "equations:x+29=95", 1)
    assert TASK.solve(problem, Random(0), "worked").reasoning == "x+29=95\nx=95-29\n95-20=75\n75-9=66\nx=66"


def test_levels_are_the_forms_that_the_docstring_names() -> None:
    shapes = {
        1: {"x+=", "x-=", "-x="},
        2: {"x=", "x/="},
        3: {"x+=", "x-="},
        4: {"x+=x+", "x-=x+", "(x+)=", "(x-)="},
    }
    for level, expected in shapes.items():
        drawn = _draw(400, level)
        assert {re.sub(r"\d+", "", problem.key.split(":")[1]) for problem in drawn} == expected
        most = {1: 100, 2: 180, 3: 138, 4: 216}[level]
        assert all(int(number) <= most for p in drawn for number in re.findall(r"\d+", p.key))


@pytest.mark.parametrize(
    "answer", ["5", "5.", "x = 5", "x=5.", "The solution is x = 5", "X = 5", "**x = 5**"]
)
def test_the_solution_is_right_in_every_usual_form(answer: str) -> None:
    problem = Problem("equations", "If 3x + 4 = 19, what is x?", "5", "equations:3x+4=19", 3)
    assert TASK.check(problem, answer).is_correct
    for wrapped in (f"So {answer}", f"\n{answer}\n", f"Answer: {answer}"):
        assert TASK.check(problem, wrapped).is_correct, wrapped


@pytest.mark.parametrize(
    "answer", ["x等于5", "x等于5。", "x是5", "答案是5。", "方程的解是x=5。", "解：x=5", "x = 5。", "x的值为5"]
)
def test_the_solution_is_right_in_chinese(answer: str) -> None:
    problem = Problem("equations", "解方程：3x + 4 = 19", "5", "equations:3x+4=19", 3, "zh")
    assert TASK.check(problem, answer).is_correct


@pytest.mark.parametrize(
    "answer",
    [
        *("", "x", "x =", "5x", "5x = 5", "x = 4", "x = -5", "y = 5", "x = 5 or x = 6", "x = 5, 6", "x != 5"),
        *(
            "x > 5",
            "x >= 5",
            "3x + 4 = 19",
            "If 3x + 4 = 19, what is x?",
            "x + 5",
            "x = 5 + 0",
            "15/3",
            "x = 15/3",
        ),
        *("4 or 5", "5 5 4", "x is not 5", "x不是5", "五", "x5", "5 = 5 + x", "x = 5x", "x = +5", "5, y = 5"),
    ],
)
def test_anything_else_is_wrong(answer: str) -> None:
    problem = Problem("equations", "If 3x + 4 = 19, what is x?", "5", "equations:3x+4=19", 3)
    verdict = TASK.check(problem, answer)
    assert not verdict.is_correct and verdict.reason


def test_an_echo_is_wrong_even_where_all_numbers_are_the_solution() -> None:
    problem = Problem("equations", "2x - 2 = 2", "2", "equations:2x-2=2", 3)
    for echo in ("2x - 2 = 2", "2x-2=2", "2*x - 2 = 2", "x = 2 - 2 + 2"):
        assert not TASK.check(problem, echo).is_correct, echo
    for language in ("en", "zh"):
        for problem in _draw(3000, language=language):
            assert not TASK.check(problem, problem.question).is_correct, problem


def test_other_names_orders_and_languages_share_a_key() -> None:
    random = Random(0)
    keys: dict[str, set[str]] = {}
    for language in ("en", "zh"):
        for _ in range(4000):
            problem = TASK.sample(random, 1, language)
            plain = re.search(
                r"(\d+) \+ [a-z] = (\d+)|[a-z] \+ (\d+) = (\d+)|(\d+) = [a-z] \+ (\d+)", problem.question
            )
            if plain:
                numbers = sorted(map(int, filter(None, plain.groups())))
                keys.setdefault(str(numbers), set()).add(problem.key)
    assert len(keys) > 300 and all(len(found) == 1 for found in keys.values())


def test_wordings_are_many_and_some_have_no_symbol() -> None:
    for language, least in (("en", 600), ("zh", 350)):
        drawn = _draw(6000, language=language)
        assert len({re.sub(r"\d+", "N", problem.question) for problem in drawn}) >= least
        in_words = [p for p in drawn if "=" not in p.question]
        assert 0.2 < len(in_words) / len(drawn) < 0.4


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=420) | st.text(alphabet="x5=+-*/ 是等于的解.y", max_size=420))
def test_no_text_raises(text: str) -> None:
    problem = Problem("equations", "If 3x + 4 = 19, what is x?", "5", "equations:3x+4=19", 3)
    assert TASK.check(problem, text).reward in (0.0, 1.0)


def test_a_key_that_is_no_equation_or_another_one_is_refused() -> None:
    for key in ("equations:x*x=4", "equations:3x+5=19", "equations:"):
        with pytest.raises(TaskError):
            TASK.solve(Problem("equations", "If 3x + 4 = 19, what is x?", "5", key, 3), Random(0))
