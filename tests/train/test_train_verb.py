"""`thinkling train` as a person meets it: help to copy from, and mistakes answered in one sentence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.train.test_recipe import KINDS
from thinkling.train.display import Quiet
from thinkling.train.recipe import read_recipe
from thinkling.train.run import RunOptions, run_recipe

ROOT = Path(__file__).resolve().parents[2]


def _train(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "thinkling", "train", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["first_lihgt"], ["no recipe 'first_lihgt'", "did you mean 'first_light'"]),
        (["/nowhere/at/all"], ["no recipe '/nowhere/at/all'"]),
        (["."], ["holds no recipe and no run"]),
        (["recipes/first_light"], ["unknown stage 'primr'", "did you mean 'primer'"]),
        (["recipes/binary.toml"], ["not UTF-8"]),
        ([".", "--report"], ["not the folder of a run"]),
        ([".", "--threads", "0"], ["--threads"]),
        ([".", "--seed", "-1"], ["--seed"]),
        ([".", "--no-such-option"], ["--no-such-option"]),
        ([], ["RECIPE_OR_FOLDER"]),
    ],
)
def test_mistakes_end_in_a_sentence_a_hint_and_an_exit_code(
    tmp_path: Path, words: list[str], parts: list[str]
) -> None:
    (tmp_path / "recipes" / "first_light").mkdir(parents=True)
    (tmp_path / "recipes" / "first_light" / "1_primer.toml").write_text('stage = "primr"')
    (tmp_path / "recipes" / "binary.toml").write_bytes(b"\xff\xfe")
    done = _train(*words, folder=tmp_path)
    assert done.returncode == 2
    assert done.stdout == "" and "Traceback" not in done.stderr and "Hint: " in done.stderr
    for part in parts:
        assert part in done.stderr


def test_a_report_can_be_written_again_at_any_time(tmp_path: Path) -> None:
    (tmp_path / "1_toy.toml").write_text('stage = "toy"\nsteps = 3\n')
    recipe = read_recipe(tmp_path / "1_toy.toml", (), None, KINDS)
    run_recipe(recipe, tmp_path / "run", RunOptions(), Quiet())
    (tmp_path / "run" / "report.html").unlink()
    done = _train("run", "--report", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "run/report.html"
    assert (tmp_path / "run" / "report.html").exists()


def test_help_shows_commands_to_copy(tmp_path: Path) -> None:
    done = _train("--help", folder=tmp_path)
    assert done.returncode == 0
    assert done.stdout.count("\n  thinkling train ") >= 2


def test_the_summary_of_a_run_is_json_alone(tmp_path: Path) -> None:
    (tmp_path / "1_toy.toml").write_text('stage = "toy"\nsteps = 3\n')
    recipe = read_recipe(tmp_path / "1_toy.toml", (), None, KINDS)
    summary = run_recipe(recipe, tmp_path / "run", RunOptions(), Quiet())
    assert json.loads(json.dumps(summary)) == json.loads((tmp_path / "run" / "summary.json").read_text())


def test_a_report_is_of_the_folder_or_the_recipe_that_was_named(tmp_path: Path) -> None:
    (tmp_path / "1_toy.toml").write_text('stage = "toy"\nsteps = 3\n')
    recipe = read_recipe(tmp_path / "1_toy.toml", (), None, KINDS)
    for folder in ("runs/first_light", "mine"):
        run_recipe(recipe, tmp_path / folder, RunOptions(), Quiet())
    by_name = _train("first_light", "--report", folder=tmp_path)
    assert by_name.stdout.strip() == "runs/first_light/report.html"
    elsewhere = _train("first_light", "--out", "mine", "--report", "--json", folder=tmp_path)
    assert json.loads(elsewhere.stdout) == {"report": "mine/report.html"}
    idle = _train("first_light", "--report", "--seed", "3", folder=tmp_path)
    assert idle.returncode == 2 and "--seed does nothing with --report" in idle.stderr
