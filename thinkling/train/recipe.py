"""Recipes: a folder of numbered TOML files that run in order, or a single file. Read here, run by `run`.

    recipes/first_light/1_primer.toml  2_pretrain.toml  3_grpo.toml

Each file says `stage = "pretrain"` and holds that stage's settings. The folder of a run holds the same files
as they were resolved, so its folder alone is enough to go on with a run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import Field

import thinkling
from thinkling.config import (
    Record,
    apply_overrides,
    check,
    nearest,
    read_toml,
    split_override,
    suggestion,
    to_toml,
)
from thinkling.errors import ConfigError
from thinkling.train.stage import RECIPE_FILE, RunContext, Stage, StageSettings

SEED = "seed"
NUMBERED = re.compile(r"(\d+)_\w+")


@dataclass(frozen=True, slots=True)
class StageKind:
    """Where a kind of stage lives: a module with its settings and `build(settings, context) -> Stage`."""

    module: str
    settings: str

    def settings_type(self) -> type[StageSettings]:
        """The record of its settings, imported now."""
        found: type[StageSettings] = getattr(import_module(self.module), self.settings)
        return found

    def build(self, settings: StageSettings, context: RunContext) -> Stage:
        """The stage, ready for its first step."""
        stage: Stage = import_module(self.module).build(settings, context)
        return stage


STAGES: dict[str, StageKind] = {
    "primer": StageKind("thinkling.train.primer", "PrimerSettings"),
    "pretrain": StageKind("thinkling.train.pretrain", "PretrainSettings"),
    "grpo": StageKind("thinkling.train.grpo", "GrpoSettings"),
}


class StageHeader(Record):
    """The keys of a stage's file that are not its settings."""

    stage: str
    """Which kind of stage the file describes."""
    seed: int = Field(0, ge=0, lt=2**63)
    """Every random number of the stage follows from it."""


@dataclass(frozen=True, slots=True)
class RecipeStage:
    """One file of a recipe, checked: `name` is its file's stem and its folder in the run."""

    name: str
    header: StageHeader
    settings: StageSettings
    kind: StageKind

    def with_table(self, table: Mapping[str, Any]) -> RecipeStage:
        """The stage as another file of its name describes it. Raises ConfigError."""
        table = dict(table)
        header = _header(table, self.name, seed=None)
        settings = check(table, self.kind.settings_type(), source=self.name)
        return replace(self, header=header, settings=settings)

    def resolved(self) -> str:
        """The whole file, every key written out."""
        return to_toml(self.header) + "\n" + to_toml(self.settings, leave_out=StageHeader.model_fields)


@dataclass(frozen=True, slots=True)
class Recipe:
    """Stages in order. `run` is the run's folder where the recipe was read from one."""

    name: str
    stages: tuple[RecipeStage, ...]
    run: Path | None = None


def find_recipe(words: str) -> Path:
    """The file or folder that a person named: a path, or a recipe's name. Raises ConfigError."""
    if Path(words).exists():
        return Path(words)
    is_name = not Path(words).is_absolute() and ".." not in Path(words).parts
    shelves = _shelves() if is_name else []
    places = [shelf / name for shelf in shelves for name in (words, f"{words}.toml")]
    found = next((place for place in places if place.exists()), None)
    if found is not None:
        return found
    known = {
        one.stem for shelf in shelves for one in shelf.iterdir() if one.is_dir() or one.suffix == ".toml"
    }
    close = nearest(words, known)
    hint = (
        f"did you mean {close!r}?"
        if close
        else "name a recipe, a folder of numbered TOML files, or a run's folder"
    )
    raise ConfigError(f"there is no recipe {words!r}.", hint)


def _shelves() -> list[Path]:
    """Folders with recipes: of the current directory, and those that come with the package."""
    shelves = (Path("recipes"), Path(thinkling.__file__).parent / "recipes")
    return [one for one in shelves if one.is_dir()]


def read_recipe(
    path: Path,
    overrides: Sequence[str] = (),
    seed: int | None = None,
    kinds: Mapping[str, StageKind] = STAGES,
) -> Recipe:
    """Reads and checks every stage. `seed` replaces those of the files, and an override replaces both.

    Raises ConfigError.
    """
    files, is_run = _stage_files(path)
    tables = {name: read_toml(file) for name, file in files.items()}
    headers = {name: _header(tables[name], str(files[name]), seed) for name in files}
    shares = _share_out(overrides, headers)
    stages = []
    for name, table in tables.items():
        header, source = headers[name], str(files[name])
        if header.stage not in kinds:
            raise ConfigError(f"{source}: unknown stage {header.stage!r}.", suggestion(header.stage, kinds))
        changed = apply_overrides(table, shares[name])
        if SEED in table:  # of this stage alone: its file's own is gone from the table
            header = check({"stage": header.stage, SEED: table.pop(SEED)}, StageHeader, source, changed)
        kind = kinds[header.stage]
        settings = check(table, kind.settings_type(), source, changed)
        stages.append(RecipeStage(name, header, settings, kind))
    return Recipe(path.resolve().stem, tuple(stages), path if is_run else None)


def _stage_files(path: Path) -> tuple[dict[str, Path], bool]:
    """Stage name -> its file, in order; and whether `path` is the folder of a run."""
    if path.is_file():
        return {path.stem: path}, False
    files = {one.stem: one for one in path.iterdir() if one.suffix == ".toml" and one.is_file()}
    is_run = not files
    if is_run:
        files = stages_of_run(path)
    if not files:
        hint = "a recipe is a folder of files such as 1_pretrain.toml; a run's folder has them below it"
        raise ConfigError(f"{path} holds no recipe and no run.", hint)
    numbers: dict[int, str] = {}
    for name, file in files.items():
        match = NUMBERED.fullmatch(name)
        if match is None and not is_run:
            raise ConfigError(f"{file} has no number.", f"call it 1_{name}.toml, by its place in the recipe")
        number = int(match[1]) if match else 0
        if number in numbers:
            first, second = sorted((numbers[number], name))
            raise ConfigError(f"{path}: {first} and {second} have the same number.", "give each its place")
        numbers[number] = name
    return {numbers[number]: files[numbers[number]] for number in sorted(numbers)}, is_run


def stages_of_run(run: Path) -> dict[str, Path]:
    """Stage name -> its resolved file, for every stage that a run's folder holds."""
    # A hidden folder is one that is being removed.
    stages = [one for one in sorted(run.iterdir()) if not one.name.startswith(".")]
    return {one.name: one / RECIPE_FILE for one in stages if (one / RECIPE_FILE).is_file()}


def _header(table: dict[str, Any], source: str, seed: int | None) -> StageHeader:
    """Takes the header's keys out of a file's table (mutated)."""
    given = {name: table.pop(name) for name in StageHeader.model_fields if name in table}
    header = check(given, StageHeader, source=source)
    return header if seed is None else header.model_copy(update={"seed": seed})


def _share_out(overrides: Sequence[str], headers: Mapping[str, StageHeader]) -> dict[str, list[str]]:
    """Stage name -> its overrides. A first word that names a stage chooses it: pretrain.optimizer.lr=0.01."""
    shares: dict[str, list[str]] = {name: [] for name in headers}
    for override in overrides:
        key, _ = split_override(override)
        chosen = [name for name, header in headers.items() if key[0] in (name, header.stage)]
        if chosen and len(key) > 1:
            rest = override.partition(".")[2]
        elif len(headers) == 1:
            chosen, rest = list(headers), override
        else:
            names = ", ".join(header.stage for header in headers.values())
            message = f"--set {override!r} does not say which stage it is for."
            raise ConfigError(
                message, f"begin with one of {names}: --set {list(headers.values())[-1].stage}.{override}"
            )
        for name in chosen:
            shares[name].append(rest)
    return shares
