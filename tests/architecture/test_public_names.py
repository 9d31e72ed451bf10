"""What `import thinkling` promises: the public names, and that they cost nothing until used."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys

import pytest

import thinkling
from tests.architecture.source import PACKAGE

PUBLIC = {
    "LLM": "thinkling.llm",
    "Models": "thinkling.several",
    "Remote": "thinkling.remote",
    "SamplingParams": "thinkling.records",
    "Message": "thinkling.records",
    "Completion": "thinkling.records",
    "Reply": "thinkling.records",
    "Piece": "thinkling.records",
    "ThinklingError": "thinkling.errors",
}


def test_the_public_names_are_these_and_no_others() -> None:
    assert set(thinkling.__all__) == {*PUBLIC, "__version__"}
    assert len(thinkling.__all__) == len(set(thinkling.__all__))


@pytest.mark.parametrize(("name", "home"), PUBLIC.items())
def test_each_public_name_is_the_thing_at_its_home(name: str, home: str) -> None:
    assert getattr(thinkling, name) is getattr(importlib.import_module(home), name)
    assert name in dir(thinkling)


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'LMM'"):
        _ = thinkling.LMM  # type: ignore[attr-defined]


def test_type_checkers_see_every_public_name() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    seen = {
        alias.asname for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    assert set(PUBLIC) <= seen
    assert (PACKAGE / "py.typed").exists()


def test_importing_thinkling_loads_neither_torch_nor_anything_large() -> None:
    code = (
        "import sys, thinkling; thinkling.SamplingParams; thinkling.Message; thinkling.ThinklingError\n"
        "large = {'torch', 'numpy', 'pydantic', 'click', 'rich'} & set(sys.modules)\n"
        "assert not large, large\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
