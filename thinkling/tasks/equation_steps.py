"""Linear equations as keys, as worked lines, and as checks: the notation of the task "equations".

An equation is a form and its numbers. Every form is solved by one transformation and one small sum, product
or quotient at a time; harder forms end as easier ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from thinkling.errors import TaskError

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


class _Lines:
    """The lines so far; result number `slip_at` (from 0) is wrong by a multiple of what keeps it whole."""

    def __init__(self, name: str, random: Random | None, slip_at: int) -> None:
        self.lines: list[str] = []
        self.num_results = 0
        self._name, self._random, self._slip_at = name, random, slip_at

    def say(self, line: str) -> None:
        """Write one line with the unknown's own name, and 1x as x."""
        self.lines.append(_SHORT.sub("", line).replace("x", self._name))

    def result(self, value: int, unit: int = 1) -> int:
        """The value, or a near one where the slip is due."""
        is_slip, self.num_results = self.num_results == self._slip_at, self.num_results + 1
        if not is_slip or self._random is None:
            return value
        offsets = (1, -1, 1, -1, 2, 10, -10) if unit == 1 and value > 11 else (1, 1, -1, 2)
        wrong = value + unit * self._random.choice(offsets)
        return wrong if wrong > 0 else value + unit


def _plus(lines: _Lines, b: int, c: int) -> int:
    lines.say(f"x{b:+d}={c}")
    lines.say(f"x={c}{-b:+d}")
    return _last(lines, lines.result(c - b))


def _from(lines: _Lines, a: int, b: int) -> int:
    lines.say(f"{a}-x={b}")
    lines.say(f"x={a}-{b}")
    return _last(lines, lines.result(a - b))


def _times(lines: _Lines, a: int, c: int) -> int:
    lines.say(f"{a}x={c}")
    lines.say(f"x={c}/{a}")
    return _last(lines, lines.result(c // a))


def _over(lines: _Lines, a: int, c: int) -> int:
    lines.say(f"x/{a}={c}")
    lines.say(f"x={c}*{a}")
    return _last(lines, lines.result(c * a))


def _linear(lines: _Lines, a: int, b: int, c: int) -> int:
    lines.say(f"{a}x{b:+d}={c}")
    lines.say(f"{a}x={c}{-b:+d}")
    return _times(lines, a, lines.result(c - b, unit=a))


def _both(lines: _Lines, a: int, b: int, c: int, d: int) -> int:
    lines.say(f"{a}x{b:+d}={c}x{d:+d}")
    lines.say(f"{a}x-{c}x{b:+d}={d}")
    return _linear(lines, a - c, b, d) if a - c > 1 else _plus(lines, b, d)


def _group(lines: _Lines, a: int, b: int, c: int) -> int:
    lines.say(f"{a}(x{b:+d})={c}")
    lines.say(f"x{b:+d}={c}/{a}")
    return _plus(lines, b, lines.result(c // a))


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
    lines = _Lines(name, None, -1)
    value = _SOLVERS[equation[0]](lines, *equation[1])
    return "\n".join(lines.lines), value


def solved_with_slip(equation: Equation, name: str, random: Random) -> tuple[str, int]:
    """The worked lines after one wrong result that is carried through, and the wrong solution."""
    trial = _Lines(name, None, -1)
    _SOLVERS[equation[0]](trial, *equation[1])
    lines = _Lines(name, random, random.randrange(trial.num_results))
    value = _SOLVERS[equation[0]](lines, *equation[1])
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
    if form == "linear":
        a, b, c = numbers
        return f"{a}*{value}={a * value}\n{a * value}{b:+d}={c}"
    if form == "group":
        a, b, c = numbers
        return f"{value}{b:+d}={value + b}\n{a}*{value + b}={c}"
    a, b, c, d = numbers
    left = f"{a}*{value}={a * value}\n{a * value}{b:+d}={a * value + b}"
    return f"{left}\n{c}*{value}={c * value}\n{c * value}+{d}={a * value + b}"
