"""`thinkling convert`: a model folder in another precision, or in fewer bits."""

from __future__ import annotations

import json
from pathlib import Path

import click

_EPILOG = """Examples:

  thinkling convert deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B ./r1-1.5b-fp32 --dtype fp32

  thinkling convert ./DeepSeek-R1 ./DeepSeek-R1-int4 --quantize int4
"""


@click.command(epilog=_EPILOG)
@click.argument("model", metavar="MODEL")
@click.argument("target", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER")
@click.option("--dtype", type=click.Choice(["bf16", "fp32"]), default="bf16", show_default=True)
@click.option(
    "--quantize", type=click.Choice(["int8", "int4"]), help="Write the matrices in so many bits, with scales."
)
@click.option("--quiet", is_flag=True, help="No progress.")
@click.option("--json", "is_json", is_flag=True, help="Print what was written as JSON.")
def convert(model: str, target: Path, dtype: str, quantize: str | None, quiet: bool, is_json: bool) -> None:
    """Write a model into a new folder in another precision.

    MODEL is a folder or a name on the hub. FP8 weights are multiplied by their scales. Any software that
    reads Hugging Face folders reads the result.
    """
    import torch

    from thinkling.weights.convert import convert as convert_model
    from thinkling.weights.settings import DTYPES, model_folder

    def note(name: str, number: int, count: int) -> None:
        if not quiet and (number % 100 == 0 or number == count):
            click.echo(f"{number} of {count} tensors", err=True)

    source = model_folder(model)
    kind: torch.dtype = DTYPES[dtype]
    found = convert_model(source, target, kind, note=note, quantization=quantize)
    if is_json:
        fields = {"folder": str(target), "tensors": found.num_tensors}
        fields |= {"bytes": found.num_bytes, "shards": found.num_shards}
        click.echo(json.dumps(fields, indent=2))
    else:
        click.echo(
            f"{target}: {found.num_tensors} tensors, {found.num_bytes / 1e9:.2f} GB in {quantize or dtype}"
        )
