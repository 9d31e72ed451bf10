"""`thinkling batch run`: many requests in a file, answered without a service."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from thinkling.cli.sampling import model_options, open_models
from thinkling.cli.serve import name_of

if TYPE_CHECKING:
    from thinkling.serve.offline import Tally

_EPILOG = """Examples:

  thinkling batch run questions.jsonl answers.jsonl

  thinkling batch run questions.jsonl answers.jsonl --model ./r1-int4 --width 16
"""


@click.group(epilog=_EPILOG)
def batch() -> None:
    """Answer files of requests, in the form of OpenAI's batches."""


@batch.command(epilog=_EPILOG)
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@model_options
@click.option("--width", type=click.IntRange(1, 512), default=16, show_default=True, help="Lines at once.")
@click.option("--json", "is_json", is_flag=True, help="Print how it went as JSON.")
def run(source: Path, target: Path, width: int, is_json: bool, **options: Any) -> None:
    """Answer every line of SOURCE into TARGET.

    A second run goes on where the first was stopped: what is answered in TARGET is not asked again.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from thinkling.serve.offline import run_batch

    models = open_models(options, "thinkling", name_of)
    columns = (TextColumn("lines"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, disable=is_json, transient=True) as progress:
        task = progress.add_task("lines", total=None)

        def show(tally: Tally) -> None:
            progress.update(task, total=tally.total, completed=tally.before + tally.done)

        found = run_batch(models, source, target, width, show)
    if is_json:
        click.echo(json.dumps(asdict(found)))
        return
    click.echo(f"{found.done} of {found.total} lines answered, {found.failed} of them refused; {target}")
    if found.before:
        click.echo(f"{found.before} were answered before")
