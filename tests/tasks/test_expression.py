"""The expression reader: what it takes, the exploits it refuses, and that no text makes it raise or stall."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkling.tasks.verify.expression import Expression, check_expression, read_expression
from thinkling.tasks.verify.number import Refusal


@pytest.mark.parametrize(
    "text",
    [
        "(3+4)*5",
        " ( 3 + 4 ) * 5\n",
        "5*(4+3)",
        "((3+4))*5",
        "(3+4)*5.",
        "(3+4)*5 = 35",
        "35 = (3+4)*5",
        "(3+4)*5 = 7*5 = 35",
        "(3+4)*5 equals 35.",
        "(3+4)*5 is 35.",
        "(3 + 4) x 5",
        "(3+4)×5",
        "(3+4)·5",
        "The answer is (3+4)*5.",
        "The answer is **(3+4)*5**.",
        "**(3+4)*5 = 35**",
        "One way: (3+4)*5",
        "Use (3+4)*5.",
        "Yes, (3+4)*5",
        "`(3+4)*5`",
        "$(3+4)*5$",
        "$ (3+4) \\times 5 $",
        "\\boxed{(3+4)\\cdot5}",
        "\\((3+4)*5\\)",
        "答案是(3+4)*5。",
        "可以写成：（3+4）×5＝35。",
        "(3+4)*5等于35",
    ],
)
def test_a_right_expression_is_taken_in_every_natural_form(text: str) -> None:
    verdict = check_expression((3, 4, 5), 35, text)
    assert verdict.is_correct and verdict.reward == 1.0, verdict


@pytest.mark.parametrize(
    ("numbers", "target", "text", "reason"),
    [
        ((97, 98, 99), 1, "99**98**97", "instead of a number"),
        ((1, 5), 6, "1.5", "not expected"),
        ((1, 5), 5, "1.5 * 5", "not expected"),
        ((3, 7), 2, "7//3", "instead of a number"),
        ((3, 7), 9, "3^2", "not expected"),
        ((3, 4), 27, "3+4!", "not expected"),
        ((3, 7), 4, "-3+7", "no expression"),
        ((3, 7), 4, "7+(-3)", "instead of a number"),
        ((3, 7), 4, "7--3", "instead of a number"),
        ((3, 7), 1, "7%3", "not expected"),
        ((3, 4, 5), 35, "35", "35 used"),
        ((3, 4, 5), 35, "35 = 35", "35 used"),
        ((3, 4, 5), 35, "7*5", "5, 7 used"),
        ((3, 4, 5), 35, "5*5+4+3+3", "used"),
        ((3, 4, 5), 35, "3+4*5", "23 made"),
        ((3, 4, 5), 35, "3+4*5 = 35", "not equal"),
        ((3, 4, 5), 35, "3+4 = 7*5 = 35", "not equal"),
        ((3, 4, 5), 35, "3+4=7\n7*5=35", "not expected"),
        ((3, 4, 5), 35, "(3+4)5", "not expected"),
        ((3, 45), 48, "3+4 5", "not expected"),
        ((3, 4), 7, "03+4", "begins with 0"),
        ((3, 4, 5), 35, "(3+4)*5 or (4+3)*5", "not expected"),
        ((3, 4, 5), 35, "(3+4)*5, (4+3)*5", "not expected"),
        ((3, 4, 5), 35, "(3+4)*5 = 35?", "not expected"),
        ((3, 4, 5), 35, "make 35 from 3, 4, 5", "no expression"),
        ((3, 4, 5), 35, "I think that (3+4)*5", "no expression"),
        ((3, 4, 5), 35, "(3+4)*5 = 35 = 35 = 35 = 35", "too many"),
        ((3, 4, 5), 35, "**(3+4)*5", "around"),
        ((3, 3), 1, "3/(3-3)", "division by zero"),
        ((3, 4), 7, "\uff13+4", "no expression"),
        ((3, 4), 7, "3+\u0664", "instead of a number"),
        ((3, 4), 7, "3+4\u00b2", "not expected"),
        ((3, 4), 7, "3+\u200b4", "instead of a number"),
        ((3, 4), 7, "3+4+0*99999", "too large"),
        ((3, 4), 7, "(" * 9 + "3+4" + ")" * 9, "too deep"),
        ((3, 4), 7, "(3+4", "not closed"),
        ((3, 4), 7, "", "missing"),
    ],
)
def test_exploits_and_slips_are_refused_with_the_reason(
    numbers: tuple[int, ...], target: int, text: str, reason: str
) -> None:
    verdict = check_expression(numbers, target, text)
    assert not verdict.is_correct and verdict.reward == 0.0
    assert verdict.reason and reason in verdict.reason


def test_precedence_and_fractions_are_exact() -> None:
    for text, value in (
        ("2+3*4-6/4", Fraction(25, 2)),
        ("20-6-5", Fraction(9)),
        ("24/6/2", Fraction(2)),
        ("8/(3-8/3)", Fraction(24)),
        ("2*(3+(4-1))", Fraction(12)),
    ):
        found = read_expression(text)
        assert isinstance(found, Expression) and found.value == value, text


@pytest.mark.parametrize("piece", ["9", "(", "1+", "*", "=", "is ", "**", " ", "`", "（", "\u0661"])
def test_a_million_characters_are_refused_at_once(piece: str) -> None:
    start = time.perf_counter()
    assert isinstance(read_expression(piece * (1_000_000 // len(piece))), Refusal)
    assert time.perf_counter() - start < 0.5


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=210) | st.text(alphabet="0123456789+-*/=.()x` is是\n", max_size=210))
def test_no_text_raises(text: str) -> None:
    found = read_expression(text)
    assert isinstance(found, Expression) or found.reason


_TREES = st.recursive(
    st.integers(0, 99).map(str),
    lambda inner: st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda part: f"({''.join(part)})"),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(_TREES, _TREES)
def test_a_sum_of_two_expressions_is_the_sum_of_their_values(left: str, right: str) -> None:
    found = [read_expression(text) for text in (left, right, f"{left} + {right}")]
    if all(isinstance(one, Expression) for one in found):
        first, second, whole = found
        assert whole.value == first.value + second.value  # type: ignore[union-attr]
        assert whole.numbers == first.numbers + second.numbers  # type: ignore[union-attr]
