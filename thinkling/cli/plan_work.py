"""`thinkling plan train`, `reinforce`, `distill` and `evaluate`: hours, energy and rent of some work."""

from __future__ import annotations

from dataclasses import replace

import click

from thinkling.cli.plan_options import (
    ABOVE_ZERO,
    WHOLE,
    Finite,
    device_options,
    format_option,
    model_options,
    named_device,
    named_model,
    show,
    usual_context,
)


@click.command(
    epilog="""Examples:

  thinkling plan train --model deepseek-v3 --tokens 14.8T --fp8 --device h800 --devices 2048

  thinkling plan train --model R1-Distill-Qwen-7B --tokens 4G --context 32768 --devices 8 --rent 2.5
"""
)
@model_options
@device_options
@click.option("--tokens", required=True, metavar="NUMBER", help="Tokens in all, epochs counted: 14.8T, 800k.")
@click.option(
    "--context",
    type=click.IntRange(1, 2**24),
    help="Tokens of a row; 4,096 where the model goes so far, if left out.",
)
@click.option("--fp8", "is_fp8", is_flag=True, help="Products in FP8.")
@click.option("--recompute", is_flag=True, help="Blocks are computed again for backward: a third more.")
@click.option("--utilisation", type=Finite(0, 1, min_open=True), help="Your own share of the BF16 peak.")
def train(
    model_name: str, ignored: tuple[str, ...], is_json: bool, is_brief: bool, device_name: str,
    num_devices: int, rent: float | None, tokens: str, context: int | None, is_fp8: bool, recompute: bool,
    utilisation: float | None,
) -> None:  # fmt: skip
    """Say what pretraining or finetuning takes: hours, days, energy, rent."""
    from thinkling.plan.quantities import parse_count
    from thinkling.plan.train_time import Training
    from thinkling.plan.work import answer_pretraining

    model = named_model(model_name, ignored)
    row = context or usual_context(model)
    training = Training(parse_count(tokens), row, is_fp8, recompute, num_devices, utilisation)
    answer = answer_pretraining(model, named_device(device_name, rent), training)
    show(answer, is_json=is_json, is_brief=is_brief)


@click.command(
    epilog="""Examples:

  thinkling plan reinforce --model R1-Distill-Qwen-7B --phases 1000 --answers 512 --devices 8

  thinkling plan reinforce --model deepseek-r1 --answers 8192 --device h800 --devices 512 --speculate
"""
)
@model_options
@device_options
@format_option
@click.option(
    "--phases",
    type=ABOVE_ZERO,
    default=1000,
    show_default=True,
    help="Phases of sampling.",
)
@click.option(
    "--answers",
    type=WHOLE,
    default=512,
    show_default=True,
    help="Answers of a phase: problems x group.",
)
@click.option(
    "--mean-length",
    type=Finite(1),
    default=4000,
    show_default=True,
    help="Mean tokens of an answer.",
)
@click.option("--max-length", type=WHOLE, default=16384, show_default=True, help="Where answers are cut.")
@click.option(
    "--scorings",
    type=click.IntRange(0, 8),
    default=2,
    show_default=True,
    help="Forward passes beside the update.",
)
@click.option("--speculate", is_flag=True, help="Guess ahead by multi-token prediction.")
def reinforce(
    model_name: str, ignored: tuple[str, ...], is_json: bool, is_brief: bool, device_name: str,
    num_devices: int, rent: float | None, format_: str | None, phases: float, answers: int,
    mean_length: float, max_length: int, scorings: int, speculate: bool,
) -> None:  # fmt: skip
    """Say what GRPO takes: rollout with its long tail, scoring, update."""
    from thinkling.plan.reinforce import Reinforcement
    from thinkling.plan.work import answer_reinforcement

    model = named_model(model_name, ignored)
    run = Reinforcement(answers, phases, mean_length, max_length, num_devices)
    run = replace(run, format=format_ or model.stored_as, num_scorings=scorings, has_speculation=speculate)
    show(
        answer_reinforcement(model, named_device(device_name, rent), run), is_json=is_json, is_brief=is_brief
    )


@click.command(
    epilog="""Examples:

  thinkling plan distill --model deepseek-r1 --student R1-Distill-Qwen-7B --prompts 800k --devices 64

  thinkling plan distill --model R1-Distill-Qwen-32B --student R1-Distill-Qwen-1.5B --prompts 50k --kept 0.5
"""
)
@model_options
@device_options
@format_option
@click.option("--student", required=True, metavar="MODEL", help="The model that learns.")
@click.option("--prompts", required=True, metavar="NUMBER", help="Different prompts, like 800k.")
@click.option("--samples", type=WHOLE, default=1, show_default=True, help="Answers to each prompt.")
@click.option(
    "--length",
    type=WHOLE,
    default=5355,
    show_default=True,
    help="Mean tokens of an answer (R1's data: 5,355).",
)
@click.option(
    "--kept", type=float, default=1.0, show_default=True, help="Share of answers that are right and kept."
)
@click.option("--epochs", type=ABOVE_ZERO, default=2.0, show_default=True)
@click.option(
    "--batch",
    type=WHOLE,
    help="Conversations at once on an engine; 64 for each of its devices, if left out.",
)
def distill(
    model_name: str, ignored: tuple[str, ...], is_json: bool, is_brief: bool, device_name: str,
    num_devices: int, rent: float | None, format_: str | None, student: str, prompts: str, samples: int,
    length: int, kept: float, epochs: float, batch: int | None,
) -> None:  # fmt: skip
    """Say what distillation takes: the teacher's data, and the student's training on it."""
    from thinkling.plan.quantities import parse_count
    from thinkling.plan.work import Generation, answer_distillation

    teacher = named_model(model_name, ignored)
    work = Generation(parse_count(prompts), samples, length, batch=batch, num_devices=num_devices)
    work = replace(work, format=format_ or teacher.stored_as)
    device = named_device(device_name, rent)
    answer = answer_distillation(teacher, named_model(student, ignored), device, work, (kept, epochs))
    show(answer, is_json=is_json, is_brief=is_brief)


@click.command(
    epilog="""Examples:

  thinkling plan evaluate --model R1-Distill-Qwen-7B --problems 500 --samples 16 --device rtx4090

  thinkling plan evaluate --model deepseek-r1 --problems 30 --samples 64 --devices 16 --against deepseek-r1
"""
)
@model_options
@device_options
@format_option
@click.option("--problems", required=True, metavar="NUMBER", help="Problems of the benchmark.")
@click.option("--samples", type=WHOLE, default=1, show_default=True, help="Answers to each problem.")
@click.option("--length", type=WHOLE, default=8000, show_default=True, help="Mean tokens of an answer.")
@click.option(
    "--batch",
    type=WHOLE,
    help="Conversations at once on an engine; 64 for each of its devices, if left out.",
)
@click.option("--against", "service", metavar="NAME", help="A listed price to compare with.")
def evaluate(
    model_name: str, ignored: tuple[str, ...], is_json: bool, is_brief: bool, device_name: str,
    num_devices: int, rent: float | None, format_: str | None, problems: str, samples: int, length: int,
    batch: int | None, service: str | None,
) -> None:  # fmt: skip
    """Say what an evaluation takes: problems x samples x tokens."""
    from thinkling.plan.price import list_price
    from thinkling.plan.quantities import parse_count
    from thinkling.plan.work import Generation, answer_evaluation

    model = named_model(model_name, ignored)
    work = Generation(parse_count(problems), samples, length, batch=batch, num_devices=num_devices)
    work = replace(work, format=format_ or model.stored_as)
    price = list_price(service) if service else None
    answer = answer_evaluation(model, named_device(device_name, rent), work, price)
    show(answer, is_json=is_json, is_brief=is_brief)
