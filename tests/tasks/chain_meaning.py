"""Chains of operations read back from their questions, in another way than the task does."""

from __future__ import annotations

import ast
import re
from fractions import Fraction

from thinkling.records import Problem

_SIGNS = (
    (r"multipl(?:ied|y) by|times|×|\bx\b|乘以|乘", "*"),
    (r"divided? by|over|÷|除以", "/"),
    (r"plus|add\b|加上|加", "+"),
    (r"minus|subtract|take away|减去|减", "-"),
    ("（", "("),
    ("）", ")"),
)


def chain_meaning(problem: Problem) -> tuple[str, ...]:
    """The numbers, and the value of the same chain with other numbers: alike only for the same chain."""
    text = re.sub(
        r" (?:(?:to|from) )?(?:it|that|the result)\b(?= by|,|\.| and)", "", problem.question.lower()
    )
    for words, sign in _SIGNS:
        text = re.sub(words, sign, text)
    numbers = re.findall(r"\d+", text)
    written = re.search(r"[\d(][\d ()*/+-]*[\d)]", text)
    if written and len(re.findall(r"\d+", written[0])) == len(numbers):
        chain = written[0]
    else:  # a row of orders
        chain = numbers[0]
        for sign, number in re.findall(r"([-+*/]) *(\d+)", text):
            chain = f"({chain}){sign}{number}"
    tree = ast.parse(chain, mode="eval").body
    assert _value(tree, is_moved=False) == int(problem.answer), problem
    return (*sorted(numbers), str(_value(tree, is_moved=True)))


def _value(tree: ast.expr, is_moved: bool) -> Fraction:
    if isinstance(tree, ast.Constant):
        assert isinstance(tree.value, int)
        return Fraction(tree.value**3 + 7 * tree.value + 11 if is_moved else tree.value)
    assert isinstance(tree, ast.BinOp)
    left, right = _value(tree.left, is_moved), _value(tree.right, is_moved)
    if isinstance(tree.op, ast.Add):
        return left + right
    if isinstance(tree.op, ast.Sub):
        return left - right
    return left * right if isinstance(tree.op, ast.Mult) else left / right
