"""Recipes: what is read, what is refused, and that a run goes on only with the recipe it was begun with."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.train.toy_stage import ToyStage
from thinkling.errors import ConfigError, ThinklingError, TrainingError
from thinkling.train import checkpoint as checkpoints
from thinkling.train.display import Quiet
from thinkling.train.loop import run_stage
from thinkling.train.metrics import MetricsFile
from thinkling.train.recipe import STAGES, StageKind, find_recipe, read_recipe
from thinkling.train.run import RunOptions, context_of, run_recipe
from thinkling.train.stage import LoopSettings

KINDS = {
    "toy": StageKind("tests.train.toy_stage", "ToySettings"),
    "sharpen": StageKind("tests.train.toy_stage", "ToySettings"),
}


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    folder = tmp_path / "little"
    folder.mkdir()
    (folder / "1_begin.toml").write_text('stage = "toy"\nsteps = 12\n')
    (folder / "2_sharpen.toml").write_text(
        'stage = "sharpen"\nseed = 4\nneeds = "toy"\nsteps = 9\n[loop]\nkeep = 1\n'
    )
    return folder


def _run(path: Path, run: Path, *overrides: str, seed: int | None = None, **options: Any) -> dict[str, Any]:
    return run_recipe(read_recipe(path, overrides, seed, KINDS), run, RunOptions(**options), Quiet())


def _weights(run: Path) -> list[bytes]:
    return [(run / name / "model.safetensors").read_bytes() for name in ("1_begin", "2_sharpen")]


def test_stages_run_in_order_and_leave_all_that_was_promised(tmp_path: Path, recipe: Path) -> None:
    run = tmp_path / "run"
    summary = _run(recipe, run)
    assert summary["is_done"] and not summary["is_stopped"]
    assert [(one["name"], one["num_steps"]) for one in summary["stages"]] == [
        ("1_begin", 12),
        ("2_sharpen", 9),
    ]
    assert json.loads((run / "summary.json").read_text()) == summary
    for name in ("1_begin", "2_sharpen"):
        found = {one.name for one in (run / name).iterdir()}
        assert {"recipe.toml", "metrics.jsonl", "checkpoints", "done.json"} <= found
    assert "2_sharpen" in (run / "report.html").read_text()
    assert len(list((run / "2_sharpen" / "checkpoints").iterdir())) == 1


def test_what_is_done_is_not_done_again(
    tmp_path: Path, recipe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    _run(recipe, run)
    before = (run / "2_sharpen" / "metrics.jsonl").stat().st_mtime_ns
    _run(recipe, run)
    assert (run / "2_sharpen" / "metrics.jsonl").stat().st_mtime_ns == before
    assert "1_begin: done already" in capsys.readouterr().err


def test_stopping_between_stages_changes_no_number(tmp_path: Path, recipe: Path) -> None:
    _run(recipe, tmp_path / "whole")
    first = _run(recipe, tmp_path / "parts", stop_after="toy")
    assert not first["is_done"] and not first["is_stopped"]
    # Going on needs nothing but the run's own folder.
    assert _run(tmp_path / "parts", tmp_path / "parts")["is_done"]
    assert _weights(tmp_path / "parts") == _weights(tmp_path / "whole")


def test_seeds_change_the_result_and_stages_do_not_share_them(tmp_path: Path, recipe: Path) -> None:
    _run(recipe, tmp_path / "a", "toy.steps=9", seed=1)
    _run(recipe, tmp_path / "b", "toy.steps=9", seed=2)
    a, b = _weights(tmp_path / "a"), _weights(tmp_path / "b")
    assert a[0] != b[0] and a[0] != a[1]


@pytest.mark.parametrize(
    ("overrides", "seed", "key"),
    [(["toy.steps=13"], None, "steps = 12 and not 13"), ([], 7, "seed = 0 and not 7")],
)
def test_another_recipe_in_the_same_folder_is_refused_with_the_key(
    tmp_path: Path, recipe: Path, overrides: list[str], seed: int | None, key: str
) -> None:
    run = tmp_path / "run"
    _run(recipe, run, stop_after="toy")
    with pytest.raises(ConfigError, match=key) as caught:
        _run(recipe, run, *overrides, seed=seed)
    assert "--out" in caught.value.hint and "--force-restart" in caught.value.hint


def test_how_often_a_run_is_saved_may_change_under_way(tmp_path: Path, recipe: Path) -> None:
    run = tmp_path / "run"
    _run(recipe, run, stop_after="toy")
    assert _run(recipe, run, "sharpen.loop.checkpoint_every=2")["is_done"]
    assert "checkpoint_every = 2" in (run / "2_sharpen" / "recipe.toml").read_text()


def test_a_stage_that_the_recipe_lost_is_named(tmp_path: Path, recipe: Path) -> None:
    run = tmp_path / "run"
    _run(recipe, run)
    (recipe / "2_sharpen.toml").unlink()
    with pytest.raises(ConfigError, match="'2_sharpen', which this recipe has not"):
        _run(recipe, run)


def test_a_forced_restart_removes_the_run_and_nothing_else(tmp_path: Path, recipe: Path) -> None:
    run = tmp_path / "run"
    _run(recipe, run)
    (run / "mine").mkdir()
    (run / "mine" / "notes.txt").write_text("keep")
    (run / "1_begin" / "stray.txt").write_text("goes")
    _run(recipe, run, "toy.steps=5", is_restarted=True)
    assert (run / "mine" / "notes.txt").exists() and not (run / "1_begin" / "stray.txt").exists()
    assert len((run / "1_begin" / "metrics.jsonl").read_text().splitlines()) == 5


def test_two_processes_cannot_train_in_one_folder(tmp_path: Path, recipe: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    lock = "fcntl.flock(f, fcntl.LOCK_EX); print(1, flush=True); input()"
    hold = f"import fcntl, sys; f = open(sys.argv[1], 'w'); {lock}"
    words = [sys.executable, "-c", hold, str(run / ".lock")]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(TrainingError, match="another process is training"):
            _run(recipe, run)
        process.communicate(b"\n")
    assert _run(recipe, run)["is_done"]


def test_a_stage_that_has_not_begun_may_still_change_and_one_that_has_may_not(
    tmp_path: Path, recipe: Path
) -> None:
    run = tmp_path / "run"
    _run(recipe, run, stop_after="toy")
    assert _run(recipe, run, "sharpen.steps=5", stop_after="toy")["stages"][0]["is_done"]
    assert _run(recipe, run, "sharpen.steps=6")["stages"][1]["num_steps"] == 6
    with pytest.raises(ConfigError, match="begun with 2_sharpen: steps = 6 and not 7"):
        _run(recipe, run, "sharpen.steps=7")


def test_a_run_that_was_begun_before_a_setting_existed_goes_on(tmp_path: Path, recipe: Path) -> None:
    run = tmp_path / "run"
    _run(recipe, run)
    file = run / "2_sharpen" / "recipe.toml"
    older = [line for line in file.read_text().split("\n") if not line.startswith("checkpoint_every")]
    file.write_text("\n".join(older))
    assert _run(recipe, run)["is_done"]


def test_warnings_are_shown_kept_and_not_repeated_by_a_resume(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Worried(ToyStage):
        def warnings(self, metrics: Mapping[str, float]) -> list[str]:
            return ["it leans to the left."] if metrics["sum_seen"] > 3 else []

    folder = tmp_path / "1_toy"
    run_stage(Worried(6), folder, LoopSettings(checkpoint_every=2), Quiet())
    kept = MetricsFile(folder / "warnings.jsonl").lines()
    assert kept and all(line["text"] == "it leans to the left." for line in kept)
    assert f"1_toy, step {kept[0]['step'] + 1}: it leans to the left." in capsys.readouterr().err
    MetricsFile(folder / "warnings.jsonl").append(99, {"text": "from a step that a kill undid"})
    run_stage(Worried(6), folder, LoopSettings(checkpoint_every=2), Quiet())
    assert MetricsFile(folder / "warnings.jsonl").lines() == kept


def test_a_stage_whose_predecessor_is_missing_says_so(tmp_path: Path, recipe: Path) -> None:
    (recipe / "1_begin.toml").unlink()
    with pytest.raises(ConfigError, match="2_sharpen needs a stage 'toy' before it"):
        _run(recipe, tmp_path / "run")


def test_a_single_file_is_a_recipe_and_needs_no_prefix(recipe: Path) -> None:
    found = read_recipe(recipe / "1_begin.toml", ["steps=3", "loop.keep=5"], None, KINDS)
    assert found.name == "1_begin"
    assert found.stages[0].settings.model_dump() == {
        "steps": 3,
        "needs": None,
        "loop": {"checkpoint_every": 50, "keep": 5},
    }


def test_settings_go_to_the_stage_they_name(recipe: Path) -> None:
    found = read_recipe(recipe, ["toy.steps=3", "2_sharpen.steps=4"], None, KINDS)
    assert [stage.settings.model_dump()["steps"] for stage in found.stages] == [3, 4]


@pytest.mark.parametrize(
    ("name", "content", "parts"),
    [
        ("1_begin.toml", 'stage = "toi"', ["1_begin.toml", "unknown stage 'toi'", "did you mean 'toy'"]),
        ("1_begin.toml", "steps = 3", ["1_begin.toml", "'stage' is missing"]),
        ("1_begin.toml", "stage = 3", ["'stage' is 3", "text in quotes"]),
        ("1_begin.toml", 'stage = "toy"\nseed = -1', ["'seed' is -1"]),
        ("1_begin.toml", 'stage = "toy"\nstpes = 3', ["unknown key 'stpes'", "did you mean 'steps'"]),
        ("1_begin.toml", 'stage = "toy"\n[loop]\nkeeep = 3', ["'loop.keeep'", "'keep'"]),
        ("1_begin.toml", 'stage = "toy"\nsteps = "many"', ["'steps' is \"many\"", "How many steps"]),
        ("1_begin.toml", 'stage = "toy', ["not valid TOML"]),
        ("begin.toml", 'stage = "toy"', ["begin.toml has no number"]),
        ("2_again.toml", 'stage = "toy"', ["2_again and 2_sharpen have the same number"]),
    ],
)
def test_mistakes_in_a_recipe_are_one_clear_sentence(
    recipe: Path, name: str, content: str, parts: list[str]
) -> None:
    (recipe / name).write_text(content)
    with pytest.raises(ConfigError) as caught:
        read_recipe(recipe, (), None, KINDS)
    for part in parts:
        assert part in str(caught.value)


@pytest.mark.parametrize("override", ["steps=3", "begun.steps=3"])
def test_an_override_must_say_which_of_several_stages_it_is_for(recipe: Path, override: str) -> None:
    with pytest.raises(ConfigError, match="does not say which stage") as caught:
        read_recipe(recipe, [override], None, KINDS)
    assert "toy, sharpen" in caught.value.hint


def test_an_unknown_last_stage_and_an_empty_folder_are_refused(tmp_path: Path, recipe: Path) -> None:
    with pytest.raises(ConfigError, match="no such stage") as caught:
        _run(recipe, tmp_path / "run", stop_after="sharp")
    assert "'sharpen'" in caught.value.hint
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigError, match="no recipe and no run"):
        read_recipe(tmp_path / "empty", (), None, KINDS)


def test_a_recipe_is_found_by_its_name_and_a_slip_is_answered(
    tmp_path: Path, recipe: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "recipes").mkdir()
    recipe.rename(tmp_path / "recipes" / "little")
    monkeypatch.chdir(tmp_path)
    assert find_recipe("little") == Path("recipes/little")
    with pytest.raises(ConfigError, match="no recipe 'litle'") as caught:
        find_recipe("litle")
    assert "'little'" in caught.value.hint
    with pytest.raises(ThinklingError):
        find_recipe("/nowhere/at/all")


def test_every_kind_of_stage_is_named_by_its_module() -> None:
    assert {name: kind.module for name, kind in STAGES.items()} == {
        "primer": "thinkling.train.primer",
        "pretrain": "thinkling.train.pretrain",
        "grpo": "thinkling.train.grpo",
    }


def test_a_stage_goes_on_from_the_model_that_was_made_last(tmp_path: Path) -> None:
    def latest(*stages: str) -> str:
        recipe = tmp_path / "-".join(stages)
        recipe.mkdir()
        texts = {"pretrain": 'steps = 1\npreset = "thinkling-first-light"', "grpo": "steps = 1", "primer": ""}
        for number, stage in enumerate((*stages, "grpo"), start=1):
            (recipe / f"{number}_{stage}.toml").write_text(f'stage = "{stage}"\n{texts[stage]}\n')
        found = read_recipe(recipe)
        return context_of(found, found.stages[-1], Path("run"), "cpu").latest_model().parent.name

    assert latest("primer", "pretrain") == "2_pretrain"
    assert latest("primer", "pretrain", "grpo") == "3_grpo"
    assert latest("primer", "pretrain", "grpo", "primer", "pretrain") == "5_pretrain"
    with pytest.raises(ConfigError, match="needs a stage 'pretrain'"):
        latest("primer")


def test_a_seed_can_be_set_for_one_stage(recipe: Path) -> None:
    """`--seed` is everybody's; an override is one stage's, and wins."""
    found = read_recipe(recipe, ["toy.seed=5"], 7, KINDS)
    assert [stage.header.seed for stage in found.stages] == [5, 7]
    assert "seed = 5" in found.stages[0].resolved()
    for override, parts in {
        "toy.seed=-1": ["'seed' is -1", "--set seed=-1"],
        "toy.stage='sharpen'": ["unknown key 'stage'"],
    }.items():
        with pytest.raises(ConfigError) as caught:
            read_recipe(recipe, [override], None, KINDS)
        for part in parts:
            assert part in str(caught.value)


def test_a_forced_restart_that_is_killed_leaves_no_stage_without_those_before_it(
    tmp_path: Path, recipe: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tmp_path / "run"
    _run(recipe, run)
    before = _weights(run)

    class Killed(BaseException):
        pass

    def remove(path: Path, **_: Any) -> None:
        if path.exists():  # in the midst of it
            (path / "metrics.jsonl").unlink()
            raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(checkpoints.shutil, "rmtree", remove)
        _run(recipe, run, is_restarted=True)
    assert (run / "1_begin" / "done.json").exists() and not (run / "2_sharpen").exists()
    assert [one.name for one in read_recipe(run, (), None, KINDS).stages] == ["1_begin"]
    _run(recipe, run)
    assert _weights(run) == before and not list(run.glob(".old_*"))


def test_recipes_come_with_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("r1_zero", "full/r1_zero"):
        assert read_recipe(find_recipe(name)).stages
    with pytest.raises(ConfigError):
        find_recipe("../recipes")
