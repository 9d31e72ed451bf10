"""Chains of operations as lists of tokens: how one is worked out, read from a question, and named by a key.

Brackets come first, then * and /, then + and -, each from left to right, as at school.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from thinkling.tasks.ledger import Ledger

Tokens = list[str]
"""Numbers, signs and round brackets: ["(", "8", "-", "3", ")", "*", "6"]."""

MAX_TOKENS = 40
"""A longer chain is not read."""

_TOKEN = re.compile(r"[0-9]+|[-+*/()]")
_SPELLED = {
    **dict.fromkeys(("plus", "add", "加上", "加", "＋"), "+"),
    **dict.fromkeys(("minus", "subtract", "take away", "减去", "减", "−", "－"), "-"),
    **dict.fromkeys(("multiplied by", "multiply by", "times", "x", "×", "·", "乘以", "乘"), "*"),
    **dict.fromkeys(("divided by", "divide by", "over", "÷", "除以"), "/"),
    "（": "(",
    "）": ")",
}
_SPELLING = re.compile(
    "|".join(rf"\b{word}\b" if word.isascii() else word for word in sorted(_SPELLED, key=len, reverse=True))
)
_RUN = re.compile(r"[0-9(][0-9+*/() -]*[0-9)]")
_OBJECT = re.compile(
    r"(multiply|divide) (?:it|that|the result)(?= by)|(?<=[0-9]) (?:to|from) (?:it|that|the result)\b"
)
_TURN = re.compile(r"([-+*/])\s*([0-9]+)")
_FIRST = re.compile(r"[0-9]+")


class Operation(NamedTuple):
    """One operation of a chain, its result, and the chain after it."""

    left: int
    sign: str
    right: int
    result: int
    after: Tokens


def operate(left: int, sign: str, right: int) -> int | None:
    """The result, or None where it is negative or no whole number."""
    if sign == "+":
        return left + right
    if sign == "-":
        return left - right if left >= right else None
    if sign == "*":
        return left * right
    return left // right if right and left % right == 0 else None


def operations(tokens: Tokens, wrong: tuple[int, int] | None = None) -> list[Operation] | None:
    """The operations of a well-formed chain in the order of doing, or None where a result is not allowed.

    `wrong` is the place of one operation and the result that it is given instead of its own.
    """
    found: list[Operation] = []
    while len(tokens) > 1:
        place = _next(tokens)
        left, sign, right = int(tokens[place - 1]), tokens[place], int(tokens[place + 1])
        result = operate(left, sign, right)
        if result is None:
            return None
        if wrong and wrong[0] == len(found):
            result = wrong[1]
        tokens = _replaced(tokens, place, result)
        found.append(Operation(left, sign, right, result, tokens))
    return found


def _next(tokens: Tokens) -> int:
    """Where the sign of the next operation stands."""
    end = tokens.index(")") if ")" in tokens else len(tokens)
    start = next((place for place in range(end - 1, -1, -1) if tokens[place] == "("), -1) + 1
    return next((p for p in range(start, end) if tokens[p] in "*/"), start + 1)


def _replaced(tokens: Tokens, place: int, result: int) -> Tokens:
    """The chain with one operation done, without brackets around a lone number."""
    start, end = place - 1, place + 2
    if start and end < len(tokens) and tokens[start - 1] == "(" and tokens[end] == ")":
        start, end = start - 1, end + 1
    return [*tokens[:start], str(result), *tokens[end:]]


def worked_out(step: Operation) -> list[str]:
    """The lines of one operation; a wrong result is the slip of its last line."""
    ledger = Ledger()
    work = {"+": ledger.add, "-": ledger.take, "*": ledger.product, "/": ledger.over}[step.sign]
    right = work(step.left, step.right)
    if right != step.result:
        ledger.lines[-1] = f"{ledger.lines[-1].rpartition('=')[0]}={step.result}"
    return ledger.lines


def in_turn(first: int, turns: list[tuple[str, int]]) -> Tokens:
    """A chain that does one operation after another, with the brackets that this needs."""
    tokens, before = [str(first)], "*"
    for sign, number in turns:
        if sign in "*/" and before in "+-":
            tokens = ["(", *tokens, ")"]
        tokens = [*tokens, sign, str(number)]
        before = sign
    return tokens


def read_chains(question: str) -> list[Tokens]:
    """What a question may ask, in signs or words, as an expression or as a row of orders; not yet checked."""
    text = question.lower()
    if " it" in text or " that" in text or " result" in text:
        text = _OBJECT.sub(lambda found: found[1] or "", text)
    text = _SPELLING.sub(lambda found: _SPELLED[found[0]], text)
    runs = [_TOKEN.findall(run) for run in _RUN.findall(text)]
    first = _FIRST.search(text)
    turns = [(sign, int(number)) for sign, number in _TURN.findall(text)]
    return runs + ([in_turn(int(first[0]), turns)] if first and turns else [])


class _Term(NamedTuple):
    """A product: what is multiplied, and what it is divided by, as canonical texts."""

    factors: list[str]
    divisors: list[str]

    def text(self) -> str:
        factors = sorted(self.factors, key=_order)
        return "*".join(factors) + "".join(f"/{divisor}" for divisor in sorted(self.divisors, key=_order))


class _Sum(NamedTuple):
    """What is added and what is taken away."""

    added: list[_Term]
    taken: list[_Term]

    def text(self) -> str:
        added = sorted((term.text() for term in self.added), key=_order)
        taken = sorted((term.text() for term in self.taken), key=_order)
        return "+".join(added) + "".join(f"-{term}" for term in taken)


def canonical(tokens: Tokens) -> str | None:
    """The same text for chains that differ in the order of terms or factors, or in needless brackets.

    None where the tokens are no well-formed chain.
    """
    if not tokens or len(tokens) > MAX_TOKENS:
        return None
    found, place = _read_sum(tokens, 0)
    return found.text() if found and place == len(tokens) else None


def _order(text: str) -> tuple[int, str]:
    return len(text), text


def _read_sum(tokens: Tokens, place: int) -> tuple[_Sum | None, int]:
    total, place = _read_product(tokens, place)
    while total and place < len(tokens) and tokens[place] in "+-":
        sign = tokens[place]
        part, place = _read_product(tokens, place + 1)
        if part is None:
            return None, place
        added, taken = (part.added, part.taken) if sign == "+" else (part.taken, part.added)
        total = _Sum(total.added + added, total.taken + taken)
    return total, place


def _read_product(tokens: Tokens, place: int) -> tuple[_Sum | None, int]:
    """A product as a sum of one term; a lone bracket stays the sum that it holds."""
    total, place = _read_atom(tokens, place)
    while total and place < len(tokens) and tokens[place] in "*/":
        sign = tokens[place]
        part, place = _read_atom(tokens, place + 1)
        if part is None:
            return None, place
        left, right = _as_term(total), _as_term(part)
        if sign == "/":
            right = _Term(right.divisors, right.factors)
        total = _Sum([_Term(left.factors + right.factors, left.divisors + right.divisors)], [])
    return total, place


def _as_term(total: _Sum) -> _Term:
    if len(total.added) == 1 and not total.taken:
        return total.added[0]
    return _Term([f"({total.text()})"], [])


def _read_atom(tokens: Tokens, place: int) -> tuple[_Sum | None, int]:
    if place < len(tokens) and tokens[place].isdigit():
        return _Sum([_Term([tokens[place]], [])], []), place + 1
    if place >= len(tokens) or tokens[place] != "(":
        return None, place
    inner, place = _read_sum(tokens, place + 1)
    if place >= len(tokens) or tokens[place] != ")":
        return None, place
    return inner, place + 1
