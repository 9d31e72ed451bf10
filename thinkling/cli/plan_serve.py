"""`thinkling plan serve`, `price` and `report`: speed on devices, dollars, and all of it as a page."""

from __future__ import annotations

import json
from pathlib import Path

import click

from thinkling.cli.plan_options import (
    ABOVE_ZERO,
    Finite,
    answer_options,
    cache_option,
    device_options,
    format_option,
    given_options,
    model_options,
    named_device,
    named_model,
    show,
    usual_context,
    which_model,
)


@click.command(
    epilog="""Examples:

  thinkling plan serve --model R1-Distill-Qwen-7B --device rtx4090 --quantize int4

  thinkling plan serve --model deepseek-r1 --device h200 --devices 8 --batch 64 --against deepseek-r1
"""
)
@model_options
@device_options
@format_option
@click.option(
    "--here", "is_here", is_flag=True, help="On this machine, measured now, instead of a device of the table."
)
@click.option(
    "--context",
    type=click.IntRange(1, 2**24),
    help="Tokens in the cache of each; 4,096 where the model goes so far, if left out.",
)
@click.option(
    "--batch", type=click.IntRange(1, 2**20), default=1, show_default=True, help="Conversations at once."
)
@cache_option
@click.option("--speculate", is_flag=True, help="Guess ahead by multi-token prediction.")
@click.option("--against", "service", metavar="NAME", help="A listed price, for the break-even.")
def serve(
    model_name: str, ignored: tuple[str, ...], is_json: bool, is_brief: bool, device_name: str,
    num_devices: int, rent: float | None, format_: str | None, is_here: bool, context: int | None,
    batch: int, cache_format: str, speculate: bool, service: str | None,
) -> None:  # fmt: skip
    """Say how fast a model is on devices, and what a token costs there."""
    from thinkling.errors import ConfigError
    from thinkling.plan.memory import Serving
    from thinkling.plan.speed import Service, answer_service

    if is_here and "device_name" in given_options():
        raise ConfigError("It is either --here or --device.", "leave one of them out")
    model = named_model(model_name, ignored)
    if is_here:
        from thinkling.cli.here import measure

        device = measure().with_prices(rent)
    else:
        device = named_device(device_name, rent)
    serving = Serving(
        format_ or model.stored_as, cache_format, context or usual_context(model), batch, num_devices
    )
    answer = answer_service(model, device, Service(serving, speculate, service))
    show(answer, is_json=is_json, is_brief=is_brief)


@click.command(
    epilog="""Examples:

  thinkling plan price --hit 342G --miss 266G --output 168G

  thinkling plan price --device h100 --devices 8 --json
"""
)
@answer_options
@click.option("--hit", default="0", metavar="NUMBER", help="Input tokens found in the cache.")
@click.option("--miss", default="1M", show_default=True, metavar="NUMBER", help="Other input tokens.")
@click.option(
    "--output", default="1M", show_default=True, metavar="NUMBER", help="Output tokens, reasoning included."
)
@click.option("--device", "device_name", metavar="NAME", help="What an hour of one costs, rented and owned.")
@click.option("--devices", "num_devices", type=click.IntRange(1, 1_000_000), default=1, show_default=True)
@click.option("--rent", type=ABOVE_ZERO, metavar="DOLLARS", help="For an hour of one.")
@click.option("--buy", type=ABOVE_ZERO, metavar="DOLLARS", help="Price of one device.")
@click.option(
    "--years", type=Finite(0.1, 20), default=4.0, show_default=True, help="Until it is written off."
)
@click.option(
    "--use",
    type=Finite(0.01, 1),
    default=0.7,
    show_default=True,
    help="Share of the time it works.",
)
def price(
    is_json: bool, is_brief: bool, hit: str, miss: str, output: str, device_name: str | None,
    num_devices: int, rent: float | None, buy: float | None, years: float, use: float,
) -> None:  # fmt: skip
    """Compare listed prices for tokens, or renting with owning a device."""
    from thinkling.errors import ConfigError
    from thinkling.plan.bills import answer_device, answer_tokens
    from thinkling.plan.quantities import parse_count

    of_tokens, said = ("hit", "miss", "output"), given_options()
    of_devices = ("num_devices", "rent", "buy", "years", "use")
    idle = [said[name] for name in (of_tokens if device_name else of_devices) if name in said]
    if idle:
        asked = "an hour of a device" if device_name else "tokens"
        raise ConfigError(
            f"{idle[0]} changes nothing about the price of {asked}.",
            "ask for tokens without --device, and for a device without tokens",
        )
    if device_name is None:
        answer = answer_tokens(parse_count(hit), parse_count(miss), parse_count(output))
    else:
        answer = answer_device(named_device(device_name, rent, buy), num_devices, (years, use))
    show(answer, is_json=is_json, is_brief=is_brief)


@click.command(
    epilog="""Examples:

  thinkling plan devices

  thinkling plan devices --json
"""
)
@click.option("--json", "is_json", is_flag=True, help="Print one JSON list.")
def devices(is_json: bool) -> None:
    """List the devices that are known, with their sources."""
    from dataclasses import asdict

    from thinkling.plan.hardware import DEVICES
    from thinkling.plan.text import devices_text

    if is_json:
        click.echo(json.dumps([asdict(one) for one in DEVICES.values()], indent=2))
    else:
        click.echo(devices_text(tuple(DEVICES.values())))


@click.command(
    epilog="""Examples:

  thinkling plan report --model deepseek-r1 --device h800 --devices 512

  thinkling plan report --model R1-Distill-Qwen-7B --device rtx4090 --output plan.html
"""
)
@which_model
@device_options
@format_option
@click.option("--tokens", default="1T", show_default=True, metavar="NUMBER", help="Tokens of pretraining.")
@click.option(
    "--output",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("plan.html"),
    show_default=True,
)
@click.option("--json", "is_json", is_flag=True, help="Print where it was written as JSON.")
def report(
    model_name: str, ignored: tuple[str, ...], device_name: str, num_devices: int, rent: float | None,
    format_: str | None, tokens: str, path: Path, is_json: bool,
) -> None:  # fmt: skip
    """Write all answers about a model as one page with plots."""
    from thinkling.plan.quantities import parse_count
    from thinkling.plan.report import Subject, report_page

    model = named_model(model_name, ignored)
    device = named_device(device_name, rent)
    subject = Subject(model, device, num_devices, format_ or model.stored_as, parse_count(tokens))
    page = report_page(subject)
    path.write_text(page, encoding="utf-8")
    size = len(page.encode("utf-8"))
    click.echo(json.dumps({"path": str(path), "bytes": size}) if is_json else f"{path}: {size / 1000:.0f} kB")
