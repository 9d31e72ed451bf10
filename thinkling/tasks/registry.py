"""Which tasks there are: a dict literal, and an entry-point group for tasks from outside."""

from __future__ import annotations

from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points

from thinkling.errors import TaskError
from thinkling.tasks.calendar import Calendar
from thinkling.tasks.chains import Chains
from thinkling.tasks.clock import Clock
from thinkling.tasks.compare import Compare
from thinkling.tasks.countdown import Countdown
from thinkling.tasks.divide import Divide
from thinkling.tasks.equations import Equations
from thinkling.tasks.facts import Facts
from thinkling.tasks.greetings import Greetings
from thinkling.tasks.letters import Letters
from thinkling.tasks.multiply import Multiply
from thinkling.tasks.puzzles import Puzzles
from thinkling.tasks.sequences import Sequences
from thinkling.tasks.sorting import Sorting
from thinkling.tasks.spelling import Spelling
from thinkling.tasks.stories import Stories
from thinkling.tasks.sums import Sums
from thinkling.tasks.task import Task

ENTRY_POINT_GROUP = "thinkling.tasks"
"""A package declares `[project.entry-points."thinkling.tasks"] name = "module:TaskClass"`, or an instance."""

TASKS: dict[str, Task] = {
    "multiply": Multiply(),
    "letters": Letters(),
    "sums": Sums(),
    "sorting": Sorting(),
    "greetings": Greetings(),
    "compare": Compare(),
    "equations": Equations(),
    "sequences": Sequences(),
    "facts": Facts(),
    "countdown": Countdown(),
    "divide": Divide(),
    "chains": Chains(),
    "calendar": Calendar(),
    "clock": Clock(),
    "puzzles": Puzzles(),
    "spelling": Spelling(),
    "stories": Stories(),
}


def task_named(name: str) -> Task:
    """The task called `name`, ours first. Raises TaskError with the nearest names, or why it cannot load."""
    if name in TASKS:
        return TASKS[name]
    outside = {point.name: point for point in entry_points(group=ENTRY_POINT_GROUP)}
    if name in outside:
        return _load(outside[name])
    known = [*TASKS, *outside]
    near = get_close_matches(name, known, n=3, cutoff=0.5) or known
    raise TaskError(f"there is no task {name!r}.", f"did you mean {' or '.join(near)}?")


def _load(point: EntryPoint) -> Task:
    try:
        found = point.load()
        task = found() if isinstance(found, type) else found
    except Exception as error:
        raise TaskError(
            f"task {point.name!r} ({point.value}) cannot be loaded: {type(error).__name__}: {error}",
            "repair or remove the package that declares it",
        ) from error
    if not isinstance(task, Task):
        raise TaskError(
            f"task {point.name!r} ({point.value}) lacks a part of the protocol thinkling.tasks.Task.",
            "give it name, styles, levels, sample, solve, slip and check",
        )
    if task.name != point.name:
        raise TaskError(
            f"the entry point {point.name!r} holds a task that calls itself {task.name!r}.",
            "use one name for both; keys and the held-out split rely on it",
        )
    return task
