"""Equations read back from a question alone: symbols term by term, riddles step by step."""

from __future__ import annotations

import re

from thinkling.records import Problem

_SYMBOLS = re.compile(r"(?:(?<![a-z])[a-z](?![a-z])|[\d+*/()= -])+")
_STEP = re.compile(
    r"(multipl|divid|add|subtract|t(?:ake|ook|aking) away)(?:y|ied|ying|e|ed|ing)? "
    r"(?:(?:it|the result|a number) )?(?:by |from )?(\d+)"
)
_FROM_NUMBER = re.compile(r"subtract(?:ed|ing)? it from \d")


def equation_meaning(problem: Problem) -> tuple[str, ...]:
    """The terms of both sides with the unknown called x, whatever the order of terms and sides."""
    symbols = [
        piece for piece in _SYMBOLS.findall(problem.question) if "=" in piece and re.search(r"\d", piece)
    ]
    if not symbols:  # a riddle: its numbers are the key's, and so, where it tells steps, is its course
        equation = problem.key.removeprefix("equations:")
        asked, expected = re.findall(r"\d+", problem.question), re.findall(r"\d+", equation)
        assert sorted(asked) == sorted(expected), problem
        follow_riddle(problem)
        return _terms(equation)
    assert len(symbols) == 1, problem
    return _terms(symbols[0])


def _terms(equation: str) -> tuple[str, ...]:
    plain = re.sub(r"[a-z]", "x", re.sub(r"[ *]", "", equation))
    plain = re.sub(r"(?<!\d)1x", "x", plain)
    sides = []
    for side in plain.split("="):
        before, bracket, inside = side.rstrip(")").partition("(")
        sides.append(
            before + bracket + "".join(sorted(re.findall(r"[+-]?[^+-]+", "+" + inside if bracket else "")))
        )
        if not bracket:
            signed = side if side[0] == "-" else "+" + side
            sides[-1] = "".join(sorted(re.findall(r"[+-][^+-]+", signed)))
    return tuple(sorted(sides))


def follow_riddle(problem: Problem) -> bool:
    """Whether an English riddle that tells steps was followed from its solution to its result."""
    text = problem.question.lower()
    steps = _STEP.findall(text)
    if not steps or " times " in text or _FROM_NUMBER.search(text):
        return False
    value = int(problem.answer)
    for verb, digits in steps:
        number = int(digits)
        if verb == "multipl":
            value *= number
        elif verb == "divid":
            value //= number
        else:
            value += number if verb == "add" else -number
    assert re.findall(r"\d+", text)[-1] == str(value), problem
    return True
