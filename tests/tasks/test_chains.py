"""Chains of operations: one true operation a line, and one key for one chain however it is written."""

from __future__ import annotations

import re
from random import Random

import pytest

from tests.tasks.chain_meaning import chain_meaning
from thinkling.errors import TaskError
from thinkling.records import Problem
from thinkling.tasks import chains
from thinkling.tasks.chain_steps import canonical, operations, read_chains
from thinkling.tasks.chain_wordings import IN_TURN
from thinkling.tasks.chains import Chains
from thinkling.tasks.verify.expression import Expression, read_expression

TASK = Chains()
EQUATION = re.compile(r"(\d+)([-+*/])(\d+)=(\d+)")
APPLY = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b}


def _problems(count: int, level: int | None = None, language: str | None = None) -> list[Problem]:
    random = Random(2)
    return [TASK.sample(random, level, language or TASK.languages[index % 2]) for index in range(count)]


def _key_of(text: str) -> str | None:
    return next((found for found in map(canonical, read_chains(text)) if found), None)


def _value(text: str) -> object:
    found = read_expression(text)
    return found.value if isinstance(found, Expression) else found


def test_levels_count_the_operations_and_keep_results_whole_and_small() -> None:
    for level, (num_operations, largest) in {1: (2, 9), 2: (2, 20), 3: (3, 20), 4: (4, 30)}.items():
        for problem in _problems(500, level):
            body = problem.key.removeprefix("chains:")
            signs = re.findall(r"[-+*/]", body)
            assert len(signs) == num_operations and {"*", "/"} & set(signs), problem
            assert len(TASK.solve(problem, Random(0), "short").reasoning.split("\n")) == num_operations + 1
            numbers = [int(number) for number in re.findall(r"\d+", problem.key)]
            assert all(number <= largest or (number <= 81 and "/" in problem.key) for number in numbers)


def test_every_line_has_the_value_of_the_question() -> None:
    for problem in _problems(800):
        for style in ("worked", "short"):
            reasoning = TASK.solve(problem, Random(0), style).reasoning
            first, *lines = reasoning.split("\n")
            left_over = [line.split()[-1] for line in lines if " " in line or style == "short"]
            for chain in (first, *left_over, lines[-1].rpartition("=")[2]):
                assert _value(chain) == int(problem.answer), (problem, chain)
            assert len(left_over) == len(re.findall(r"[-+*/]", first)) - (style == "worked")
            assert len(reasoning) <= 180


def test_every_equation_is_true_and_no_harder_than_the_tables() -> None:
    for problem in _problems(1500):
        for left, sign, right, result in EQUATION.findall(TASK.solve(problem, Random(0), "worked").reasoning):
            assert APPLY[sign](int(left), int(right)) == int(result) <= 999, problem
            digits = [number.rstrip("0") for number in (left, right)]
            if sign == "*":
                assert max(map(len, digits)) == 1, (problem, left, right)
            elif sign == "/":
                assert int(right) <= 9 and len(result.rstrip("0")) == 1, (problem, left, right)
            else:  # one digit at a time, except where two parts of a product are put together
                assert len(digits[1]) <= 1 or (sign == "+" and left.endswith("0")), (problem, left, right)


def test_work_follows_the_question_and_not_the_order_of_the_key() -> None:
    for problem in _problems(400):
        asked = re.findall(r"\d+", problem.question)
        first = TASK.solve(problem, Random(0), "worked").reasoning.split("\n")[0]
        assert re.findall(r"\d+", first) == asked, problem


def test_work_reads_as_its_description_says() -> None:
    problem = Problem("chains", "What is (8-3)*24+2*4?", "128", "chains:2*4+24*(8-3)", 4)
    found = TASK.solve(problem, Random(0), "worked").reasoning
    assert found.replace("\n", "\n    ") in (chains.__doc__ or "")
    assert TASK.solve(problem, Random(0), "short").reasoning == "(8-3)*24+2*4\n5*24+2*4\n120+2*4\n120+8\n128"


def test_a_worked_slip_has_one_wrong_operation() -> None:
    random = Random(3)
    for problem in _problems(600):
        slip = TASK.slip(problem, random, "worked")
        wrong = [
            one
            for one in EQUATION.findall(slip.reasoning)
            if APPLY[one[1]](int(one[0]), int(one[2])) != int(one[3])
        ]
        assert len(wrong) == 1, slip
        assert slip.reasoning.rpartition("=")[2] in slip.answer


def test_a_hasty_guess_ignores_precedence_now_and_then() -> None:
    problem = Problem("chains", "3 + 4 * 5", "23", "chains:3+4*5", 1)
    random = Random(4)
    assert any("35" in TASK.slip(problem, random).answer for _ in range(30))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("What is 3 + 4 * 5?", "3+4*5"),
        ("5×4＋3", "3+4*5"),
        ("3 plus 5 times 4", "3+4*5"),
        ("3加4乘以5等于多少？", "3+4*5"),
        ("(4*5)+3", "3+4*5"),
        ("Start with 4, multiply by 5 and then add 3.", "3+4*5"),
        ("从4开始，乘5，再加上3", "3+4*5"),
        ("Start with 3, add 4, multiply by 5.", "5*(3+4)"),
        ("（3加4）乘5", "5*(3+4)"),
        ("20-(7-3)", "3+20-7"),
        ("20-(7+3)", "20-3-7"),
        ("12/4*5", "5*12/4"),
        ("12/(4/2)", "2*12/4"),
        ("2*(3*4)", "2*3*4"),
        ("(9+3)/(2+2)", "(3+9)/(2+2)"),
    ],
)
def test_one_chain_has_one_key_however_it_is_written(text: str, key: str) -> None:
    assert _key_of(text.replace("＋", "+")) == key
    assert canonical(read_chains(key)[0]) == key and operations(read_chains(key)[0])


def test_chains_that_differ_have_keys_that_differ() -> None:
    for left, right in (("3+4*5", "(3+4)*5"), ("9-4-2", "9-(4-2)"), ("8/4*2", "8/(4*2)"), ("3*4+5", "3*5+4")):
        assert _key_of(left) != _key_of(right)


def test_the_key_and_the_question_mean_the_same_chain() -> None:
    keys: dict[tuple[str, ...], str] = {}
    for problem in _problems(3000, language="en"):
        assert keys.setdefault(chain_meaning(problem), problem.key) == problem.key
    assert len(set(keys.values())) == len(keys)


def test_what_is_no_chain_is_not_read() -> None:
    for text in ("", "3+", "(3+4", "3 4", "+", "()", "3++4", "-3"):
        tokens = re.findall(r"\d+|[-+*/()]", text)
        assert canonical(tokens) is None, text
    assert canonical(["1", "+"] * 30 + ["1"]) is None
    for key in ("chains:", "chains:3+", "chains:3", "chains:5*4+3", "chains:3-4", "chains:3/2"):
        with pytest.raises(TaskError, match="names no chain"):
            TASK.solve(Problem("chains", "3 + 4 * 5", "23", key), Random(0))


def test_a_question_that_hides_the_chain_is_worked_by_its_key() -> None:
    problem = Problem("chains", "Three plus four times five?", "23", "chains:3+4*5", 1)
    assert TASK.solve(problem, Random(0), "worked").reasoning == "3+4*5\n4*5=20 3+20\n3+20=23"


def test_orders_are_told_in_many_ways() -> None:
    assert len(IN_TURN["en"]) >= 15 and len(IN_TURN["zh"]) >= 15
    assert len(list(IN_TURN["en"].expanded())) >= 80
    for language in TASK.languages:
        drawn = {re.sub(r"\d+", "N", problem.question) for problem in _problems(1500, 1, language)}
        assert len(drawn) >= 500
