"""`thinkling models`: the shapes known by name, and the bundled model, with what they weigh. No torch."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from thinkling.models.config import ModelConfig

_EPILOG = """Examples:

  thinkling models

  thinkling models --json
"""


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list: parameters (MTP left out), cache in bytes (BF16), context in tokens."""

    name: str
    total_params: int
    active_params: int
    kv_bytes_per_token: int
    context_length: int


@click.command(epilog=_EPILOG)
@click.option("--json", "is_json", is_flag=True, help="Print a JSON list with exact numbers.")
def models(is_json: bool) -> None:
    """List the model shapes and what they weigh.

    Active parameters are those that one token uses, embedding and head included; multi-token prediction is
    not counted; the cache is in BF16.
    """
    listed = list_models()
    click.echo(json.dumps([asdict(one) for one in listed], indent=2) if is_json else as_table(listed))


def list_models() -> list[Listed]:
    """Every preset, and the bundled model if it is there. Raises ModelError for a damaged one."""
    from thinkling.cli.bundled import bundled_config
    from thinkling.models.presets import PRESETS

    listed = [weigh(name, config) for name, config in PRESETS.items()]
    config = bundled_config()
    return [*listed, weigh("bundled", config)] if config is not None else listed


def weigh(name: str, config: ModelConfig) -> Listed:
    """The line of one model, computed from its configuration."""
    from thinkling.plan.count import count_params, kv_bytes_per_token

    count = count_params(config)
    return Listed(name, count.total, count.active, kv_bytes_per_token(config), config.context_length)


def as_table(listed: list[Listed]) -> str:
    """The list for people: rounded numbers in columns."""
    rows = [("name", "parameters", "active", "cache per token", "context")]
    for one in listed:
        cache = f"{one.kv_bytes_per_token:,} B"
        total, active = rounded(one.total_params), rounded(one.active_params)
        rows.append((one.name, total, active, cache, f"{one.context_length:,}"))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            row[0].ljust(widths[0]),
            *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True)),
        ]
        lines.append("  ".join(cells))
    return "\n".join(lines)


def rounded(count: int) -> str:
    """A count with three digits: "671 B", "2.79 M"."""
    for size, unit in ((10**9, "B"), (10**6, "M"), (10**3, "k")):
        if count >= size:
            number = count / size
            return f"{number:.{0 if number >= 100 else 1 if number >= 10 else 2}f} {unit}"
    return str(count)
