"""Who may import whom. The table is the plan of the house; arrows only point down."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from tests.architecture.source import Module, executed_on_import, imports, modules

FLOOR = {"records", "config", "errors"}

# Room -> rooms it may import, besides itself and the floor. A dotted name opens one module of a room.
ALLOWED: dict[str, set[str]] = {
    "records": {"errors"},
    "config": {"errors"},
    "errors": set(),
    "text": set(),
    "kernels": set(),
    "models": {"kernels"},
    "objectives": {"kernels"},
    "weights": {"models"},
    "tasks": {"text"},
    "data": {"text", "tasks"},
    "engine": {"models", "weights", "kernels"},
    "pending": {"text", "engine"},
    "llm": {"text", "engine", "weights", "models", "pending"},
    "drift": {"llm", "models", "tasks", "weights"},
    "several": {"llm", "weights"},
    "remote_form": {"text"},
    "remote": {"text", "remote_form"},
    "train": {"llm", "objectives", "data", "tasks", "models", "weights", "text", "engine", "kernels"},
    "plan": {"models.config", "models.presets", "models.families"},
    "serve": {"llm", "several", "pending", "remote", "remote_form", "text"},
    "cli": {"*"},
    "": {"*"},
    "__main__": {"cli"},
}

# Rooms and modules that a person can load without torch.
WITHOUT_TORCH = (
    "thinkling",
    "thinkling.records",
    "thinkling.errors",
    "thinkling.config",
    "thinkling.text",
    "thinkling.tasks",
    "thinkling.plan",
    "thinkling.cli",
    "thinkling.remote",
    "thinkling.remote_form",
    "thinkling.models.config",
    "thinkling.models.presets",
    "thinkling.models.families",
)

# What the command line may load before it knows the verb.
LIGHT = {"click", "thinkling.cli", "thinkling.records", "thinkling.errors", "thinkling.__version__"}


def _is_within(name: str, house: str) -> bool:
    return name == house or name.startswith(house + ".")


def _is_open(module: Module, target: str) -> bool:
    room = target.split(".")[1] if "." in target else ""
    if target in ("thinkling", "thinkling.__version__"):
        return module.room not in FLOOR
    allowed = ALLOWED[module.room]
    own = FLOOR if module.room not in FLOOR else set()
    if "*" in allowed or room == module.room or room in allowed | own:
        return True
    return any(_is_within(target, f"thinkling.{door}") for door in allowed if "." in door)


def test_every_room_is_on_the_plan() -> None:
    rooms = {module.room for module in modules()}
    assert rooms <= set(ALLOWED), f"not on the plan: {sorted(rooms - set(ALLOWED))}"


def test_imports_follow_the_arrows() -> None:
    wrong = [
        f"{module.name} -> {target}"
        for module in modules()
        for target in imports(ast.walk(module.tree), module)
        if _is_within(target, "thinkling") and not _is_open(module, target)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_command_line_loads_other_rooms_only_inside_functions() -> None:
    wrong = [
        f"{module.name} -> {target}"
        for module in modules()
        if module.room == "cli"
        for target in imports(executed_on_import(module.tree), module)
        if target.partition(".")[0] not in sys.stdlib_module_names
        and target != "thinkling"
        and not any(_is_within(target, light) for light in LIGHT)
    ]
    assert not wrong, "\n".join(wrong)


def _is_torch_free(module: Module) -> bool:
    if module.name == "thinkling":
        return True
    return any(_is_within(module.name, house) for house in WITHOUT_TORCH if house != "thinkling")


def test_no_torch_at_the_top_of_rooms_without_tensors() -> None:
    wrong = [
        f"{module.name} -> {target}"
        for module in modules()
        if _is_torch_free(module)
        for target in imports(executed_on_import(module.tree), module)
        if _is_within(target, "torch")
    ]
    assert not wrong, "\n".join(wrong)


def test_rooms_without_tensors_load_no_torch_by_any_way() -> None:
    names = [module.name for module in modules() if _is_torch_free(module) and "__main__" not in module.name]
    code = (
        f"import importlib, sys\nfor name in {names!r}:\n    importlib.import_module(name)\n"
        "    assert 'torch' not in sys.modules, f'{name} loads torch'\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("module", ["thinkling.serve.run", "thinkling.several", "thinkling.remote"])
def test_what_speaks_with_clients_loads_no_torch(module: str) -> None:
    """The service's own process waits for clients while another one computes: torch would be 200 MB of it."""
    code = f"import sys, {module}\nassert 'torch' not in sys.modules"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr


def test_only_the_room_for_it_knows_of_other_processes() -> None:
    wrong = [
        module.name
        for module in modules()
        for target in imports(ast.walk(module.tree), module)
        if _is_within(target, "torch.distributed") and module.room != "parallel"
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("name", "target", "is_open"),
    [
        ("thinkling.objectives.grpo", "thinkling.models.moe", False),
        ("thinkling.engine.runner", "thinkling.text.stream", False),
        ("thinkling.text.template", "thinkling.records.Message", True),
        ("thinkling.plan.count", "thinkling.models.config.MLA", True),
        ("thinkling.plan.count", "thinkling.models.transformer", False),
        ("thinkling.records", "thinkling.config", False),
        ("thinkling.cli.chat", "thinkling.llm.LLM", True),
    ],
)
def test_the_table_itself_says_what_we_mean(name: str, target: str, is_open: bool) -> None:
    somewhere = modules()[0]
    assert _is_open(Module(name, somewhere.path, "", ast.parse("")), target) is is_open
