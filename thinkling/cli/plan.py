"""`thinkling plan`: what a model weighs, where it fits, how fast it is, what it costs. No torch."""

from __future__ import annotations

import json

import click

from thinkling.cli.idle import refuse_idle
from thinkling.cli.plan_options import (
    WHOLE,
    answer_options,
    cache_option,
    format_option,
    model_options,
    named_model,
    show,
    usual_context,
)
from thinkling.cli.plan_serve import devices, price, report, serve
from thinkling.cli.plan_work import distill, evaluate, reinforce, train

_EPILOG = """Examples:

  thinkling plan fit --model deepseek-r1 --memory 24GB

  thinkling plan reproduce
"""


@click.group(epilog=_EPILOG, invoke_without_command=True)
@click.option(
    "--here", "is_here", is_flag=True, help="Measure this machine and say how fast models are on it."
)
@answer_options
@click.pass_context
def plan(context: click.Context, is_here: bool, is_json: bool, is_brief: bool) -> None:
    """Say what models cost, where they fit and how fast they are.

    Arithmetic from their configurations: every figure names its formula, its inputs and, where something is
    assumed, its range. Nothing is downloaded but a config.json, and no torch is loaded.
    """
    if context.invoked_subcommand is not None:
        refuse_idle(
            ("is_here", "is_json", "is_brief"), f"before {context.invoked_subcommand!r}", "write it behind"
        )
        return
    if not is_here:
        click.echo(context.get_help())
        return
    from thinkling.cli.here import graphics, measure
    from thinkling.plan.at_home import answer_home

    show(answer_home(measure(), graphics()), is_json=is_json, is_brief=is_brief)


@plan.command(
    epilog="""Examples:

  thinkling plan count --model deepseek-r1

  thinkling plan count --model ./folder/config.json --context 32768 --json
"""
)
@model_options
@click.option(
    "--context",
    type=click.IntRange(1, 2**24),
    help="Tokens of a window; 4,096 where the model goes so far, if left out.",
)
def count(
    model_name: str, ignored: tuple[str, ...], is_json: bool, is_brief: bool, context: int | None
) -> None:
    """Count parameters, arithmetic and cache of a model."""
    from thinkling.plan.describe import answer_count

    model = named_model(model_name, ignored)
    show(answer_count(model, context or usual_context(model)), is_json=is_json, is_brief=is_brief)


@plan.command(
    epilog="""Examples:

  thinkling plan fit --model deepseek-r1 --memory 24GB

  thinkling plan fit --model R1-Distill-Qwen-7B --memory 80GB --to reinforce --lora 16
"""
)
@model_options
@format_option
@click.option(
    "--memory", metavar="AMOUNT", help="Of each device, like 24GB or 80GiB; this machine's if left out."
)
@click.option(
    "--to", "purpose", type=click.Choice(["serve", "train", "reinforce"]), default="serve", show_default=True
)
@click.option(
    "--context",
    type=click.IntRange(1, 2**24),
    help="Tokens of a conversation; 4,096 where the model goes so far, if left out.",
)
@click.option(
    "--batch",
    type=click.IntRange(1, 2**20),
    help="Conversations or answers at once; one to serve and 64 to reinforce, if left out.",
)
@cache_option
@click.option("--devices", "num_devices", type=click.IntRange(1, 100_000), default=1, show_default=True)
@click.option("--tensor", type=WHOLE, default=1, show_default=True, help="Devices that share each matrix.")
@click.option("--pipeline", type=WHOLE, default=1, show_default=True, help="Devices that share the layers.")
@click.option("--expert", type=WHOLE, default=1, show_default=True, help="Devices that share the experts.")
@click.option(
    "--zero", type=click.IntRange(0, 3), default=0, show_default=True, help="ZeRO stage over the replicas."
)
@click.option(
    "--lora", "lora_rank", type=click.IntRange(1, 4096), metavar="RANK", help="Train adapters alone."
)
@click.option("--recompute", is_flag=True, help="Keep only the inputs of blocks for backward.")
@click.option("--one-copy", is_flag=True, help="Sampler and trainer share one copy of the weights.")
@click.option("--no-reference", is_flag=True, help="No frozen reference: no KL term.")
@click.option(
    "--tokens-per-pass",
    type=WHOLE,
    default=4096,
    show_default=True,
    help="Tokens of a micro-batch.",
)
def fit(
    model_name: str, ignored: tuple[str, ...], is_json: bool, is_brief: bool, format_: str | None,
    memory: str | None, **options: object,
) -> None:  # fmt: skip
    """Say whether a model fits, with what margin, and what would make it fit."""
    from thinkling.cli.plan_fit import answer
    from thinkling.plan.quantities import parse_memory
    from thinkling.weights.memory import free_memory

    device_bytes = free_memory() if memory is None else parse_memory(memory)
    found = answer(named_model(model_name, ignored), format_, device_bytes, options)
    show(found, is_json=is_json, is_brief=is_brief)


@plan.command(
    epilog="""Examples:

  thinkling plan reproduce

  thinkling plan reproduce --json
"""
)
@click.option("--json", "is_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def reproduce(context: click.Context, is_json: bool) -> None:
    """Compute published figures again: identities, forecasts, disputed ones.

    Exit code 1 where an identity or a forecast does not hold.
    """
    from thinkling.plan.reproduce import reproduce as compute
    from thinkling.plan.text import reproduction_text

    found = compute()
    click.echo(json.dumps(found.as_json(), indent=2) if is_json else reproduction_text(found))
    context.exit(0 if found.has_held else 1)


for _command in (train, reinforce, distill, evaluate, serve, price, devices, report):
    plan.add_command(_command)
