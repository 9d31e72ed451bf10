"""The worked lines of the task "calendar": facts, multiples taken away, then counting on or small sums.

Monday +17
17-14=3
Monday +1 Tuesday +2 Wednesday +3 Thursday
"""

from __future__ import annotations

from random import Random

from thinkling.tasks.almanac import MONTH_LENGTHS, MONTHS, NUM_MONTHS, NUM_WEEKDAYS, WEEKDAYS
from thinkling.tasks.ledger import Ledger, LedgerPlan, written, written_with_slip

_WEEK_CHUNKS = (70, 35)
_YEAR_CHUNKS = (60,)


def worked(
    form: str, numbers: tuple[int, ...], language: str, random: Random | None = None
) -> tuple[list[str], int]:
    """Lines and result of a calendar problem; with `random`, one step is wrong and carried through."""
    if form == "across":
        month, first, last = numbers
        length = MONTH_LENGTHS[month - 1]
        equations, result = _equations(lambda ledger: ledger.add(ledger.take(length, first), last), random)
        return [f"{MONTHS[language][month - 1]} {length}", *equations], result
    left, right = numbers
    if form == "day":
        return _weekday(left, right, WEEKDAYS[language], random)
    if form == "month":
        return _month(left, right, MONTHS[language], random)
    if form == "span":
        return _span(left, right, WEEKDAYS[language], random)
    return _equations(lambda ledger: ledger.take(right, left), random)


def _equations(plan: LedgerPlan, random: Random | None) -> tuple[list[str], int]:
    return written_with_slip(plan, random) if random else written(plan)


def _weekday(start: int, amount: int, names: tuple[str, ...], random: Random | None) -> tuple[list[str], int]:
    lines, steps = [f"{names[start - 1]} {amount:+d}"], abs(amount)
    leave_out = 0
    is_large = steps >= NUM_WEEKDAYS
    if is_large:
        slips = random if random and (steps % NUM_WEEKDAYS == 0 or random.random() < 0.5) else None
        equations, steps = _equations(
            lambda pad: pad.remainder(abs(amount), NUM_WEEKDAYS, _WEEK_CHUNKS), slips
        )
        lines += equations
        random = None if slips else random
    if random:
        leave_out = random.randint(1, steps)
    line, last = _counted(names, start, steps if amount > 0 else -steps, leave_out)
    return [*lines, line], last


def _counted(names: tuple[str, ...], start: int, steps: int, leave_out: int = 0) -> tuple[str, int]:
    """One name after the other with a running count, and the last one; step `leave_out` jumps over a name."""
    sign = 1 if steps >= 0 else -1
    parts, place = [names[start - 1]], start - 1
    if not steps:
        parts.append(f"+0 {names[place]}")
    for step in range(1, abs(steps) + 1):
        place = (place + sign * (2 if step == leave_out else 1)) % len(names)
        parts.append(f"{sign * step:+d} {names[place]}")
    return " ".join(parts), place + 1


def _month(start: int, amount: int, names: tuple[str, ...], random: Random | None) -> tuple[list[str], int]:
    def plan(ledger: Ledger) -> int:
        rest = ledger.remainder(abs(amount), NUM_MONTHS, _YEAR_CHUNKS)
        if amount > 0:
            month = ledger.plus(start, rest)
            return ledger.minus(month, NUM_MONTHS) if month > NUM_MONTHS else month
        return ledger.minus(ledger.plus(start, NUM_MONTHS) if rest >= start else start, rest)

    equations, result = _equations(plan, random)
    month = (result - 1) % NUM_MONTHS + 1
    name = names[start - 1]
    return [f"{name} {amount:+d}", f"{name}={start}", *equations, f"{month}={names[month - 1]}"], month


def _span(first: int, last: int, names: tuple[str, ...], random: Random | None) -> tuple[list[str], int]:
    """The names counted on until the last one; a slip jumps over one on the way, so the count is one short.

    Between neighbours there is none to jump over: there a slip counts the last one twice.
    """
    steps = (last - first) % NUM_WEEKDAYS
    line = f"{names[first - 1]}-{names[last - 1]}"
    if not random:
        return [line, _counted(names, first, steps)[0]], steps
    if steps == 1:
        return [line, f"{_counted(names, first, 1)[0]} +2 {names[last - 1]}"], 2
    return [line, _counted(names, first, steps - 1, random.randint(1, steps - 1))[0]], steps - 1
