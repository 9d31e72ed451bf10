"""The same problem as somebody would put it who has not seen how the tasks ask.

Tasks have wordings of their own, and who learns from these alone is confused by others. These were written
without looking at them, and are mixed in where a recipe says so.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from random import Random

from thinkling.records import Problem
from thinkling.tasks import strangers_arithmetic as arithmetic
from thinkling.tasks.phrase import Phrases
from thinkling.tasks.strangers_letters import LETTERS
from thinkling.tasks.strangers_sums import SUMS
from thinkling.tasks.strangers_totals import TOTALS
from thinkling.tasks.task import ENGLISH
from thinkling.tasks.wording import dressed

_PHRASES = {
    "sums": Phrases(SUMS + TOTALS),
    "sums of any numbers": Phrases(SUMS),
    "differences": Phrases(arithmetic.DIFFERENCES),
    "multiply": Phrases(arithmetic.MULTIPLY),
    "compare": Phrases(arithmetic.COMPARE),
    "letters": Phrases(LETTERS),
}
_TWO_TERMS = re.compile(r"(\d+)([+-])(\d+)", re.ASCII)
_SMALLEST = 2
"""Of what is counted, which stands in the plural."""


def reworded(problem: Problem, random: Random) -> Problem:
    """`problem` in other words; itself where there are none, or none that fit its numbers."""
    found = _fields(problem, random) if problem.language == ENGLISH else None
    if found is None:
        return problem
    kind, fields = found
    return replace(problem, question=dressed(_PHRASES[kind].said(random, **fields), random, ENGLISH))


def _fields(problem: Problem, random: Random) -> tuple[str, dict[str, object]] | None:
    """Which phrases fit, and what goes into them."""
    body = problem.key.partition(":")[2]
    if problem.kind == "letters":
        letter, _, word = body.partition(":")
        return "letters", {"c": letter, "w": word}
    if problem.kind == "compare":
        numbers = body.split(",")
        if len(numbers) != 2 or Decimal(problem.answer) != max(map(Decimal, numbers)):
            return None
        random.shuffle(numbers)
        return "compare", {"a": numbers[0], "b": numbers[1]}
    if problem.kind == "multiply":
        factors = [int(one) for one in body.split("x")]
        random.shuffle(factors)
        return _of_pair("multiply", factors)
    terms = _TWO_TERMS.fullmatch(body) if problem.kind == "sums" else None
    if terms is None:
        return None
    pair = [int(terms[1]), int(terms[3])]
    if terms[2] == "-":
        return _of_pair("differences", pair) if pair[0] > pair[1] else None
    random.shuffle(pair)
    return _of_pair("sums", pair) or ("sums of any numbers", {"a": pair[0], "b": pair[1]})


def _of_pair(kind: str, pair: list[int]) -> tuple[str, dict[str, object]] | None:
    return (kind, {"a": pair[0], "b": pair[1]}) if min(pair) >= _SMALLEST else None
