"""`thinkling convert`: a model folder in another precision, or in fewer bits."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

_EPILOG = """Examples:

  thinkling convert deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B ./r1-1.5b-fp32 --dtype fp32

  thinkling convert ./DeepSeek-R1 ./DeepSeek-R1-int4 --quantize int4 --measure
"""


@click.command(epilog=_EPILOG)
@click.argument("model", metavar="MODEL")
@click.argument("target", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER")
@click.option("--dtype", type=click.Choice(["bf16", "fp32"]), default="bf16", show_default=True)
@click.option(
    "--quantize", type=click.Choice(["int8", "int4"]), help="Write the matrices in so many bits, with scales."
)
@click.option(
    "--measure",
    is_flag=True,
    help="Compare what both models predict for a set of prompts.",
)
@click.option("--quiet", is_flag=True, help="No progress.")
@click.option("--json", "is_json", is_flag=True, help="Print what was written as JSON.")
def convert(
    model: str, target: Path, dtype: str, quantize: str | None, measure: bool, quiet: bool, is_json: bool
) -> None:
    """Write a model into a new folder in another precision.

    MODEL is a folder or a name on the hub. FP8 weights are multiplied by their scales. Any software that
    reads Hugging Face folders reads the result.
    """
    import torch

    from thinkling.weights.convert import convert as convert_model
    from thinkling.weights.folder import model_folder
    from thinkling.weights.settings import DTYPES

    def note(name: str, number: int, count: int) -> None:
        if not quiet and (number % 100 == 0 or number == count):
            click.echo(f"{number} of {count} tensors", err=True)

    source = model_folder(model)
    kind: torch.dtype = DTYPES[dtype]
    found = convert_model(source, target, kind, note=note, quantization=quantize)
    fields: dict[str, object] = {"folder": str(target), "tensors": found.num_tensors}
    fields |= {"bytes": found.num_bytes, "shards": found.num_shards}
    if not is_json:
        size = f"{found.num_bytes / 1e9:.2f} GB in {quantize or dtype}"
        click.echo(f"{target}: {found.num_tensors} tensors, {size}")
    try:
        if measure:
            fields["drift"] = _measured(source, target, is_json=is_json)
    finally:  # what was written is told in any case
        if is_json:
            click.echo(json.dumps(fields, indent=2))


def _measured(source: Path, target: Path, *, is_json: bool) -> dict[str, object]:
    from thinkling.drift import measure_drift

    drift = measure_drift(source, target)
    if not is_json:
        where = f"{drift.num_positions} tokens of {drift.num_prompts} prompts and answers"
        click.echo(f"KL divergence from the model in {drift.dtype}, nats a token, over {where}:")
        click.echo(f"{drift.mean_kl:.2e} on average, {drift.high_kl:.2e} at the 99th percentile")
        click.echo(f"the likeliest token is the same in {drift.same_best:.1%}")
    return asdict(drift)
