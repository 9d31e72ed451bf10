"""`thinkling train`: runs a recipe, goes on with a run, or writes a run's report again."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from thinkling.cli.idle import refuse_idle

if TYPE_CHECKING:
    from thinkling.train.recipe import Recipe


@click.command(
    epilog="Examples:\n\n  thinkling train first_light\n\n"
    "  thinkling train first_light --out runs/mine --set grpo.steps=200"
)
@click.argument("recipe_or_folder")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="The run's folder [runs/RECIPE]."
)
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Replaces the recipe's seeds.")
@click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Changes one setting of a stage."
)
@click.option("--stop-after", metavar="STAGE", help="Ends the run after this stage.")
@click.option("--threads", "num_threads", type=click.IntRange(1), help="Processor threads to use.")
@click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True)
@click.option("--force-restart", "is_restarted", is_flag=True, help="Throws away the run that is there.")
@click.option("--report", "is_report", is_flag=True, help="Only writes the run's report.html again.")
@click.option("--quiet", "is_quiet", is_flag=True, help="No progress.")
@click.option(
    "--json", "is_json", is_flag=True, help="Prints the summary as JSON; progress goes to standard error."
)
def train(
    recipe_or_folder: str, out: Path | None, is_report: bool, is_quiet: bool, is_json: bool, **options: Any
) -> None:
    """Train by a recipe: its name, its folder, or the folder of a run to go on with.

    A run that was stopped or killed goes on where it was when the same command is given again.
    """
    if is_report:
        refuse_idle(TRAINING_OPTIONS, "with --report")
        report = str(_report(Path(recipe_or_folder), out))
        click.echo(json.dumps({"report": report}) if is_json else report)
        return
    summary = _train(recipe_or_folder, out, is_quiet, is_json, options)
    if is_json:
        click.echo(json.dumps(summary, ensure_ascii=False))
    if summary["is_stopped"]:
        click.echo(f"Stopped; to go on: thinkling train {summary['run']}", err=True)
        sys.exit(130)
    if not is_json and not is_quiet:
        click.echo(_last_words(summary))


TRAINING_OPTIONS = ("seed", "overrides", "stop_after", "num_threads", "device", "is_restarted", "is_quiet")


def _report(named: Path, out: Path | None) -> Path:
    """Of the run in `out`, in the folder `named`, or of the recipe of that name."""
    from thinkling.train.report import write_report

    usual = Path("runs") / named.resolve().stem
    is_recipe = not named.is_dir() or any(one.suffix == ".toml" for one in named.iterdir())
    return write_report(out or (usual if is_recipe and usual.is_dir() else named))


def _train(
    words: str, out: Path | None, is_quiet: bool, is_json: bool, options: dict[str, Any]
) -> dict[str, Any]:
    from thinkling.train.recipe import find_recipe, read_recipe

    recipe = read_recipe(find_recipe(words), options["overrides"], options["seed"])
    # What brings torch comes after the recipe is known to be fine: a slip is answered at once.
    from thinkling.train.display import open_display
    from thinkling.train.run import RunOptions, run_recipe

    display = open_display(is_quiet, sys.stderr if is_json else sys.stdout)
    run_options = RunOptions(
        options["stop_after"], options["is_restarted"], options["device"], options["num_threads"]
    )
    return run_recipe(recipe, _run_folder(recipe, out), run_options, display)


def _run_folder(recipe: Recipe, out: Path | None) -> Path:
    if out is not None:
        return out
    return recipe.run if recipe.run is not None else Path("runs") / recipe.name


def _last_words(summary: dict[str, Any]) -> str:
    """What came of the run, in a few lines."""
    lines = []
    for stage in summary["stages"]:
        for one in stage["measurements"]:
            form = ".1%" if one["is_share"] else ".4g"
            before, after = (format(one[when], form) if when in one else "–" for when in ("before", "after"))
            low, high = (format(100 * end, "+.1f") for end in one.get("change_interval", (0, 0)))
            change = f" (change {low} to {high} points, 95 %)" if "change_interval" in one else ""
            lines.append(f"{stage['name']}: {one['name']}: {before} before, {after} after{change}")
    folders = [Path(summary["run"]) / stage["name"] / "model" for stage in summary["stages"]]
    models = [folder for folder in folders if folder.is_dir()]
    if models:
        lines.append(f"The model: {models[-1]}")
    lines.append(f"The report: {summary['report']}")
    return "\n".join(lines)
