"""`report.html`: a run on one page that needs nothing beside it: plots, before and after, rollouts, recipes.

What a model wrote is escaped by the template; only our own plots go in as they are.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jinja2

from thinkling.errors import ConfigError
from thinkling.train.checkpoint import write_whole
from thinkling.train.curriculum import Practised
from thinkling.train.display import clock
from thinkling.train.metrics import MetricsFile, describe, show
from thinkling.train.plots import plot_groups
from thinkling.train.recipe import stages_of_run
from thinkling.train.rollout_log import Interval, Measurement, read_measurements, read_practice, read_samples
from thinkling.train.stage import DONE_FILE, METRICS_FILE, REPORT_FILE, WARNINGS_FILE

TEMPLATE = Path(__file__).with_name("report.html.jinja")
NUM_SAMPLES = 6


def write_report(run: Path) -> Path:
    """Writes the report of a run's folder into it, from what its stages left. Raises ConfigError."""
    stages = stages_of_run(run) if run.is_dir() else {}
    if not stages:
        raise ConfigError(f"{run} is not the folder of a run.", "name a folder that `thinkling train` wrote")
    found = [_stage(name, file) for name, file in stages.items()]
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    page = environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        name=run.resolve().name,
        stages=found,
        total=clock(sum(stage["elapsed_s"] for stage in found)),
        measurements=[_row(name, one) for name in stages for one in read_measurements(run / name)],
    )
    write_whole(run / REPORT_FILE, page)
    return run / REPORT_FILE


def _stage(name: str, recipe: Path) -> dict[str, Any]:
    folder = recipe.parent
    lines = MetricsFile(folder / METRICS_FILE).lines()
    elapsed_s = lines[-1].get("elapsed_s", 0.0) if lines else 0.0
    return {
        "name": name,
        "num_steps": len(lines),
        "elapsed_s": elapsed_s,
        "time": clock(elapsed_s),
        "is_done": (folder / DONE_FILE).exists(),
        # One step makes no curve: its numbers are listed.
        "plots": plot_groups(lines) if len(lines) > 1 else [],
        "numbers": [(describe(n).label, show(n, v)) for n, v in lines[0].items() if n != "step"]
        if len(lines) == 1
        else [],
        "warnings": MetricsFile(folder / WARNINGS_FILE).lines(),
        "practice": [_practised(one) for one in read_practice(folder)],
        "samples": [_printable(sample) for sample in read_samples(folder, NUM_SAMPLES)],
        "recipe": recipe.read_text(encoding="utf-8"),
    }


def _practised(one: Practised) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "level": "all" if one.level is None else one.level,
        "language": one.language,
        "share": f"{one.share:.1%}",
        "pass_rate": "–" if one.pass_rate is None else f"{one.pass_rate:.0%}",
    }


def _printable(sample: dict[str, Any]) -> dict[str, Any]:
    """Control characters, which a page may not hold, are shown as their escapes."""
    text = "".join(
        one if one.isprintable() or one == "\n" else json.dumps(one)[1:-1] for one in sample["text"]
    )
    return sample | {"text": text}


def _row(stage: str, measured: Measurement) -> dict[str, Any]:
    before, after = measured.before, measured.after
    change = ""
    if before is not None and after is not None:
        change = f"{100 * (after - before):+.1f} points" if measured.is_share else f"{after - before:+.4g}"
        if measured.change_interval:
            low, high = measured.change_interval
            change += f" ({100 * low:+.1f} to {100 * high:+.1f})"
    return {
        "stage": stage,
        "name": measured.name,
        "before": _value(before, measured.before_interval, measured.is_share),
        "after": _value(after, measured.after_interval, measured.is_share),
        "change": change,
        "num_problems": measured.num_problems or "",
    }


def _value(value: float | None, interval: Interval | None, is_share: bool) -> str:
    if value is None:
        return "–"
    if not is_share:
        return f"{value:.4g}"
    if interval is None:
        return f"{value:.1%}"
    return f"{value:.1%} ({100 * interval[0]:.1f} to {100 * interval[1]:.1f})"
