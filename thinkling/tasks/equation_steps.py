"""Linear equations as keys, as worked lines, and as checks: the notation of the task "equations".

An equation is a form and its numbers. Every form is solved by one transformation and one small sum, product
or quotient at a time; harder forms end as easier ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from thinkling.errors import TaskError
from thinkling.tasks.ledger import Ledger

Equation = tuple[str, tuple[int, ...]]
"""The name of a form, and its numbers in the order in which the form is written."""

_PATTERNS = {
    "plus": re.compile(r"x([+-]\d+)=(\d+)", re.ASCII),
    "from": re.compile(r"(\d+)-x=(\d+)", re.ASCII),
    "times": re.compile(r"(\d+)x=(\d+)", re.ASCII),
    "over": re.compile(r"x/(\d+)=(\d+)", re.ASCII),
    "linear": re.compile(r"(\d+)x([+-]\d+)=(\d+)", re.ASCII),
    "both": re.compile(r"(\d+)x([+-]\d+)=(\d+)x\+(\d+)", re.ASCII),
    "group": re.compile(r"(\d+)\(x([+-]\d+)\)=(\d+)", re.ASCII),
}
_SHORT = re.compile(r"(?<!\d)1(?=x)", re.ASCII)


def draw_equation(form: str, random: Random) -> tuple[Equation, int]:
    """An equation of this form with its solution, a whole number from 1 on. The ranges are the task's."""
    sign = random.choice((1, 1, -1))
    if form == "plus":
        x, b = random.randint(1, 50), random.randint(1, 50)
        b = b if sign > 0 else -random.randint(1, x)
        return (form, (b, x + b)), x
    if form == "from":
        x, b = random.randint(1, 50), random.randint(1, 50)
        return (form, (x + b, b)), x
    a, x = random.randint(2, 9), random.randint(1, 12)
    if form in ("times", "over"):
        a, x = random.randint(2, 12), random.randint(2, 15)
        return ((form, (a, a * x)), x) if form == "times" else ((form, (a, x)), a * x)
    if form == "linear":
        b = random.randint(1, 30) if sign > 0 else -random.randint(1, min(30, a * x - 1))
        return (form, (a, b, a * x + b)), x
    if form == "both":
        c = random.randint(1, a - 1)
        least = (a - c) * x
        b = random.randint(1, 20) if sign > 0 or least == 1 else -random.randint(1, min(20, least - 1))
        return (form, (a, b, c, least + b)), x
    b = random.randint(1, 20) if sign > 0 else -random.randint(1, x)
    if b < 0:
        x -= b  # so that the bracket is at least 1
    else:
        b = min(b, 12)
    return (form, (a, b, a * (x + b))), x


def written(equation: Equation) -> str:
    """The equation in the notation of the keys: "3x+4=19", "3(x-4)=9", "5x-4=1x+8"."""
    form, numbers = equation
    if form == "plus":
        return "x{:+d}={}".format(*numbers)
    if form == "from":
        return "{}-x={}".format(*numbers)
    if form == "times":
        return "{}x={}".format(*numbers)
    if form == "over":
        return "x/{}={}".format(*numbers)
    if form == "linear":
        return "{}x{:+d}={}".format(*numbers)
    if form == "both":
        return "{}x{:+d}={}x{:+d}".format(*numbers)
    return "{}(x{:+d})={}".format(*numbers)


def read_equation(body: str) -> Equation:
    """The equation of a key's body. Raises TaskError where it is none of the forms."""
    for form, pattern in _PATTERNS.items():
        match = pattern.fullmatch(body)
        if match:
            return form, tuple(map(int, match.groups()))
    raise TaskError(f"{body!r} is not an equation of this task.", "draw problems with Equations.sample")


class _Pad(Ledger):
    """A ledger whose slip is a whole number of units, so that what is divided later still comes out even."""

    def __init__(self, random: Random | None, slip_at: int) -> None:
        super().__init__(random, slip_at)
        self.unit = 1

    def _slipped(self, result: int, unit: int) -> int:
        unit = max(unit, self.unit)
        offsets = (1, -1, 1, -1, 2, 10, -10) if unit == 1 and result > 11 else (1, 1, -1, 2)
        wrong = result + unit * self._random.choice(offsets)
        return wrong if wrong > 0 else result + unit


class _Lines:
    """What is said about the unknown, and between it the steps that take more than one equation."""

    def __init__(self, name: str, random: Random | None = None, slip_at: int = -1) -> None:
        self.lines: list[str] = []
        self.pad = _Pad(random, slip_at)
        self._name = name

    def say(self, line: str) -> None:
        """Write one line with the unknown's own name, and 1x as x."""
        self.lines.append(_SHORT.sub("", line).replace("x", self._name))

    def less(self, left: int, right: int, unit: int = 1) -> int:
        """left-right, where `right` may be below zero; the line before has said so."""
        self.pad.unit = unit
        return (
            self._in_steps(self.pad.take, left, right)
            if right > 0
            else self._in_steps(self.pad.add, left, -right)
        )

    def times(self, left: int, right: int) -> int:
        """left*right; the line before has said so."""
        return self._in_steps(self.pad.product, left, right)

    def over(self, left: int, right: int) -> int:
        """left/right; the line before has said so."""
        return self._in_steps(self.pad.over, left, right)

    def _in_steps(self, step: Callable[[int, int], int], left: int, right: int) -> int:
        """The value; one equation alone would only say again what the lines around it say."""
        start = len(self.pad.lines)
        value = step(left, right)
        self.pad.unit = 1
        if len(self.pad.lines) > start + 1:
            self.lines += self.pad.lines[start:]
        return value


def _plus(lines: _Lines, b: int, c: int) -> int:
    lines.say(f"x{b:+d}={c}")
    lines.say(f"x={c}{-b:+d}")
    return _last(lines, lines.less(c, b))


def _from(lines: _Lines, a: int, b: int) -> int:
    lines.say(f"{a}-x={b}")
    lines.say(f"x={a}-{b}")
    return _last(lines, lines.less(a, b))


def _times(lines: _Lines, a: int, c: int) -> int:
    lines.say(f"{a}x={c}")
    lines.say(f"x={c}/{a}")
    return _last(lines, lines.over(c, a))


def _over(lines: _Lines, a: int, c: int) -> int:
    lines.say(f"x/{a}={c}")
    lines.say(f"x={c}*{a}")
    return _last(lines, lines.times(c, a))


def _linear(lines: _Lines, a: int, b: int, c: int) -> int:
    lines.say(f"{a}x{b:+d}={c}")
    lines.say(f"{a}x={c}{-b:+d}")
    return _times(lines, a, lines.less(c, b, unit=a))


def _both(lines: _Lines, a: int, b: int, c: int, d: int) -> int:
    lines.say(f"{a}x{b:+d}={c}x{d:+d}")
    lines.say(f"{a}x-{c}x{b:+d}={d}")
    return _linear(lines, a - c, b, d) if a - c > 1 else _plus(lines, b, d)


def _group(lines: _Lines, a: int, b: int, c: int) -> int:
    lines.say(f"{a}(x{b:+d})={c}")
    lines.say(f"x{b:+d}={c}/{a}")
    return _plus(lines, b, lines.over(c, a))


def _last(lines: _Lines, value: int) -> int:
    lines.say(f"x={value}")
    return value


_SOLVERS: dict[str, Callable[..., int]] = {
    "plus": _plus,
    "from": _from,
    "times": _times,
    "over": _over,
    "linear": _linear,
    "both": _both,
    "group": _group,
}


def solved(equation: Equation, name: str) -> tuple[str, int]:
    """The worked lines with the unknown called `name`, and the solution."""
    lines = _Lines(name)
    value = _SOLVERS[equation[0]](lines, *equation[1])
    return "\n".join(lines.lines), value


def solved_with_slip(equation: Equation, name: str, random: Random) -> tuple[str, int]:
    """The worked lines after one wrong result that is carried through, and the wrong solution."""
    trial = _Lines(name)
    right = _SOLVERS[equation[0]](trial, *equation[1])
    last = trial.pad.num_equations - 1
    for slip_at in (random.randint(0, last), random.randint(0, last), last):
        lines = _Lines(name, random, slip_at)
        value = _SOLVERS[equation[0]](lines, *equation[1])
        if value != right and value > 0 and not any("=-" in line for line in lines.lines):
            break
    return "\n".join(lines.lines), value


def checked(equation: Equation, value: int) -> str:
    """The value put in for the unknown, one step a line; the last result is what the equation asks for."""
    form, numbers = equation
    if form == "plus":
        return "{}{:+d}={}".format(value, *numbers)
    if form == "from":
        return f"{numbers[0]}-{value}={numbers[1]}"
    if form == "times":
        return f"{numbers[0]}*{value}={numbers[1]}"
    if form == "over":
        return f"{value}/{numbers[0]}={numbers[1]}"
    pad = Ledger()
    if form == "group":
        a, b, c = numbers
        inside = pad.plus(value, b) if b > 0 else pad.minus(value, -b)
        return "\n".join([*pad.lines, f"{a}*{inside}={c}"])
    a, b, c = numbers[:3]
    left = pad.product(a, value)
    if form == "linear":
        return "\n".join([*pad.lines, f"{left}{b:+d}={c}"])
    result = pad.plus(left, b) if b > 0 else pad.minus(left, -b)
    right = pad.product(c, value)
    return "\n".join([*pad.lines, f"{right}+{numbers[3]}={result}"])
