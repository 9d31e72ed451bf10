"""Which problems are never trained on, decided by the key alone: wording and operand order cannot leak.

Of what cannot be worked out, facts and small talk, the key holds the wording too: that is what is new then.

About one fact in eight is held out by the SHA-256 of its home key (see `thinkling.tasks.twins`), so the split
needs no list, no seed and no file, holds for every run and every machine, and puts what two kinds ask alike
on one side. RESERVED facts, the ones people like to show, are always held out, and no training text may work
them out on the way to something else. Any other fact may be a step there: nobody multiplies without a table.
"""

from __future__ import annotations

import re
from hashlib import sha256
from random import Random
from string import ascii_lowercase

from thinkling.errors import TaskError
from thinkling.records import Problem
from thinkling.tasks.task import ENGLISH, Task
from thinkling.tasks.twins import home_key

ONE_IN = 8
"""One fact in this many is held out."""

RESERVED: frozenset[str] = frozenset(
    {"multiply:12x14", "multiply:64x87", "sums:2+2", "compare:9.11,9.9", "greetings:how:hello how are you"}
    | {f"letters:{letter}:strawberry" for letter in ascii_lowercase}
)
"""Held out whatever their hash says: 12 times 14, 2 + 2, 9.11 and 9.9, the letters of strawberry, a hello."""

_RESERVED_FACTS = ("2+2", "12*14", "14*12", "168/12", "168/14", "64*87", "87*64")
_RESERVED_STEPS = tuple(f"{step}=" for step in _RESERVED_FACTS)
_RESERVED_STEP = re.compile(rf"(?<![\d.*/+-])(?:{'|'.join(map(re.escape, _RESERVED_STEPS))})", re.ASCII)
_TRIES_PER_PROBLEM = 4000


def is_held_out(key: str) -> bool:
    """Whether the problem of this key may only be used to evaluate: as the home of its fact says."""
    home = home_key(key)
    return home in RESERVED or sha256(home.encode()).digest()[0] % ONE_IN == 0


def shows_reserved_step(reasoning: str) -> bool:
    """Whether a line works out a sum or product of RESERVED, in either order: no text to train on."""
    return any(step in reasoning for step in _RESERVED_STEPS) and bool(_RESERVED_STEP.search(reasoning))


def sample_problems(
    task: Task, count: int, seed: int, held_out: bool, level: int | None = None, language: str = ENGLISH
) -> list[Problem]:
    """At most `count` problems of one side of the split, a pure function of the arguments.

    Keys are distinct. A small level has few held-out ones: then there are fewer problems than asked for.
    Raises TaskError where no draw falls on the asked side.
    """
    random = Random(f"{task.name}/{seed}/{held_out}/{level}/{language}")
    found: dict[str, Problem] = {}
    misses = 0
    while len(found) < count and misses < _TRIES_PER_PROBLEM * ONE_IN:
        problem = task.sample(random, level, language)
        if problem.key in found or is_held_out(problem.key) is not held_out:
            misses += 1
            continue
        found[problem.key] = problem
        misses = 0
    if count and not found:
        side = "held-out" if held_out else "training"
        raise TaskError(
            f"task {task.name!r} has no {side} problem at level {level}.",
            "choose another level, or None for all",
        )
    return list(found.values())


def sample_training(task: Task, random: Random, level: int | None = None, language: str = ENGLISH) -> Problem:
    """One problem that may be trained on, drawn from `random`. Raises TaskError where none is found."""
    for _ in range(_TRIES_PER_PROBLEM):
        problem = task.sample(random, level, language)
        if not is_held_out(problem.key):
            return problem
    raise TaskError(
        f"task {task.name!r} drew {_TRIES_PER_PROBLEM} held-out problems in a row at level {level}.",
        "choose another level: this one leaves nothing to train on",
    )
