"""The worked lines of the task "clock": the facts, hours, minutes with their carry, and the time at the end.

13:20 +2:45
13+2=15
20+40=60
60+5=65
65-60=5
15+1=16
16:05
"""

from __future__ import annotations

from random import Random

from thinkling.tasks.ledger import Ledger, LedgerPlan, written, written_with_slip
from thinkling.tasks.verify.moment import HOURS_OF_DAY, MINUTES_OF_HOUR, moment


def worked(start: int, sign: str, other: int, random: Random | None = None) -> tuple[list[str], int]:
    """Lines and result of a clock problem; with `random`, one equation is wrong and carried through."""
    if sign == "..":
        facts, plan = f"{moment(start)}-{moment(other)}", _between(start, other)
    else:
        hours, minutes = divmod(other, MINUTES_OF_HOUR)
        facts = f"{moment(start)} {sign}{hours}:{minutes:02d}"
        plan = _forward(start, other) if sign == "+" else _back(start, other)
    equations, result = written_with_slip(plan, random) if random else written(plan)
    return [facts, *equations, *([] if sign == ".." else [moment(result)])], result


def _forward(start: int, span: int) -> LedgerPlan:
    def plan(ledger: Ledger) -> int:
        (hour, minute), (hours, minutes) = divmod(start, MINUTES_OF_HOUR), divmod(span, MINUTES_OF_HOUR)
        if hours:
            hour = _within_the_day(ledger, ledger.plus(hour, hours))
        if minutes:
            minute = ledger.add(minute, minutes)
        if minute >= MINUTES_OF_HOUR:
            minute = ledger.minus(minute, MINUTES_OF_HOUR)
            hour = _within_the_day(ledger, ledger.plus(hour, 1))
        return _total(hour, minute)

    return plan


def _back(start: int, span: int) -> LedgerPlan:
    def plan(ledger: Ledger) -> int:
        (hour, minute), (hours, minutes) = divmod(start, MINUTES_OF_HOUR), divmod(span, MINUTES_OF_HOUR)
        if hours:
            hour = _taken(ledger, hour, hours)
        if minutes > minute:
            minute = ledger.plus(minute, MINUTES_OF_HOUR)
            hour = _taken(ledger, hour, 1)
        if minutes:
            minute = ledger.take(minute, minutes)
        return _total(hour, minute)

    return plan


def _between(start: int, end: int) -> LedgerPlan:
    """By way of the next full hour, except within one hour."""

    def plan(ledger: Ledger) -> int:
        (hour, minute), (last_hour, last_minute) = (divmod(time, MINUTES_OF_HOUR) for time in (start, end))
        if hour == last_hour:
            return ledger.take(last_minute, minute)
        total = 0
        if minute:
            total = ledger.take(MINUTES_OF_HOUR, minute)
            hour = ledger.plus(hour, 1)
        if hour != last_hour:
            full = ledger.times(ledger.minus(last_hour, hour), MINUTES_OF_HOUR)
            total = ledger.add(full, total) if total else full
        return ledger.add(total, last_minute) if last_minute else total

    return plan


def _within_the_day(ledger: Ledger, hour: int) -> int:
    return ledger.minus(hour, HOURS_OF_DAY) if hour >= HOURS_OF_DAY else hour


def _taken(ledger: Ledger, hour: int, hours: int) -> int:
    return ledger.minus(ledger.plus(hour, HOURS_OF_DAY) if hour < hours else hour, hours)


def _total(hour: int, minute: int) -> int:
    """Minutes after midnight, also where a slip left the hour or the minute outside of its range."""
    return hour % HOURS_OF_DAY * MINUTES_OF_HOUR + minute % MINUTES_OF_HOUR
