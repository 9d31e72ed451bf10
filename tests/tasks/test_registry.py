"""Tasks from other packages, found through real installed metadata."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from thinkling.errors import TaskError
from thinkling.tasks import task_named

PARITY = """
from thinkling.records import Problem, Verdict
from thinkling.tasks.task import Solution

class Parity:
    name = "parity"
    styles = ("bare",)
    levels = (1,)
    languages = ("en",)
    def sample(self, random, level=None, language="en"):
        number = random.randrange(100)
        return Problem("parity", f"Is {number} even?", "no" if number % 2 else "yes", f"parity:{number}", 1)
    def solve(self, problem, random, style="bare"):
        return Solution("", problem.answer)
    def slip(self, problem, random, style="bare"):
        return Solution("", "perhaps")
    def check(self, problem, answer):
        return Verdict(float(answer == problem.answer), answer == problem.answer, "by rule")
"""

Install = Callable[[str, str, str], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Puts a module and its entry point where Python finds installed packages."""

    def put(name: str, module: str, source: str) -> None:
        (tmp_path / f"{module}.py").write_text(source)
        info = tmp_path / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[thinkling.tasks]\n{name} = {module}:Parity\n")
        monkeypatch.syspath_prepend(str(tmp_path))

    return put


def test_a_task_from_another_package_is_loaded(install: Install) -> None:
    install("parity", "parity_task", PARITY)
    assert task_named("parity").name == "parity"


@pytest.mark.parametrize(
    ("module", "source", "message"),
    [
        ("parity_broken", "raise ValueError('no luck')", "ValueError: no luck"),
        ("parity_empty", "", "AttributeError"),
        ("parity_partial", "class Parity:\n    name = 'odd'", "lacks a part"),
        ("parity_renamed", PARITY.replace('name = "parity"', 'name = "other"'), "calls itself 'other'"),
    ],
)
def test_a_task_that_cannot_be_used_says_why(
    install: Install, module: str, source: str, message: str
) -> None:
    install("odd", module, source)
    with pytest.raises(TaskError, match=message):
        task_named("odd")
