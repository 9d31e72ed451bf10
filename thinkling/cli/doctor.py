"""`thinkling doctor`: what this machine can do, measured, and whether the installation is complete."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from thinkling.cli.machine import Machine

_EPILOG = """Examples:

  thinkling doctor

  thinkling doctor --json
"""


@click.command(epilog=_EPILOG)
@click.option("--json", "is_json", is_flag=True, help="Print one JSON object.")
def doctor(is_json: bool) -> None:
    """Measure this machine and check the installation.

    Matrix products and memory are timed for about three seconds; other programs that run now slow them down.
    """
    from thinkling.cli.machine import examine

    machine = examine()
    click.echo(json.dumps(asdict(machine), indent=2) if is_json else as_text(machine))


def as_text(machine: Machine) -> str:
    """The findings for people, one per line."""
    accelerator = "none that torch can use" if machine.gpu is None else machine.gpu
    model = "in place" if machine.has_bundled_model else "missing: there is no model in thinkling/assets"
    fits_in_bf16 = machine.largest_model or "no released model"
    fits_in_int8 = machine.largest_int8_model or "none"
    int8 = "no units for products of bytes"
    if machine.int8_gops is not None:
        int8 = f"{machine.int8_gops:.0f} GOP/s in a product of bytes (--quantize int8)"
    lines = (
        ("python", machine.python),
        ("torch", f"{machine.torch}, {machine.torch_threads} threads"),
        ("cores", f"{machine.cores}, {', '.join(machine.vector_extensions) or 'no vector extensions found'}"),
        ("memory", f"{machine.memory_gib:.1f} GiB, {machine.bandwidth_gb_s:.0f} GB/s measured"),
        ("gpu", accelerator),
        ("fp32", f"{machine.fp32_gflops:.0f} GFLOP/s in a matrix product"),
        ("bf16", f"{machine.bf16_gflops:.0f} GFLOP/s in a matrix product"),
        ("int8", int8),
        ("precision", f"{machine.precision}: {machine.precision_reason}"),
        ("kernels", machine.kernels),
        ("model", model),
        (
            "fits",
            f"{fits_in_bf16} in bf16, {fits_in_int8} in int8: {machine.free_memory_gib:.1f} GiB are free",
        ),
    )
    return "\n".join(f"{name:<10} {text}" for name, text in lines)
