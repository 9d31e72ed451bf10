"""What `thinkling plan --here` predicts of decoding, beside what the engine does on this machine.

python benchmarks/plan_here.py [--folder FOLDER] [--rounds 2] [--json]

The machine is measured as the plan does it, with numpy. Then the bundled model writes through
`thinkling.LLM`, and R1-Distill-Qwen-1.5B's shape with random weights (3.6 GB, in FOLDER or a temporary one)
as in `benchmarks/inference.py`: one answer after a prompt of 512 tokens, 8 and 16 after prompts of 32.
Medians.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from inference import LONG, NEW_TOKENS, SHAPE, SHORT, run_side, write_model

from thinkling.cli.bundled import bundled_config
from thinkling.cli.here import measure
from thinkling.models.config import ModelConfig
from thinkling.models.presets import preset_named
from thinkling.plan.hardware import Device
from thinkling.plan.memory import Serving
from thinkling.plan.speed import Service, decode_speed

SIDES = ("bf16", "int8")
BATCHES = {1: LONG, 8: SHORT, 16: SHORT}
BUNDLED_TOKENS = 200


@dataclass(frozen=True)
class Line:
    """Tokens a second of all conversations: predicted with its range, and measured."""

    what: str
    low: float
    predicted: float
    high: float
    measured: float

    @property
    def is_held(self) -> bool:
        """Whether the range holds the measurement."""
        return self.low <= self.measured <= self.high


def compare(what: str, config: ModelConfig, device: Device, serving: Serving, measured: float) -> Line:
    """The prediction for `serving` beside a measurement."""
    _, found = decode_speed(config, device, Service(serving))
    return Line(what, found.range.low, found.value, found.range.high, measured)


def bundled_speed(rounds: int) -> float:
    """Tokens a second of the bundled model, one answer, from the second token on."""
    from thinkling import LLM, SamplingParams

    llm = LLM()

    def seconds(count: int) -> float:
        start = time.perf_counter()
        llm.generate(["What's 87 times 64?"], SamplingParams(max_tokens=count, seed=0, ignore_eos=True))
        return time.perf_counter() - start

    seconds(BUNDLED_TOKENS)
    times = [seconds(BUNDLED_TOKENS) - seconds(1) for _ in range(rounds)]
    return (BUNDLED_TOKENS - 1) / statistics.median(times)


def lines(folder: Path, rounds: int) -> list[Line]:
    """Every prediction beside its measurement."""
    device = measure()
    found = []
    bundled = bundled_config()
    if bundled is not None:
        serving = Serving("fp32", "fp32", context=BUNDLED_TOKENS // 2)
        found.append(compare("bundled model, fp32, 1", bundled, device, serving, bundled_speed(rounds)))
    config = preset_named(SHAPE)
    for format_ in SIDES:
        runs = [run_side(folder, f"thinkling-{format_}") for _ in range(rounds)]
        for batch, prompt in BATCHES.items():
            context = prompt + NEW_TOKENS // 2
            serving = Serving(format_, "fp32", context, batch)
            measured = statistics.median(run[str(batch)] for run in runs)
            found.append(compare(f"{SHAPE}, {format_}, {batch}", config, device, serving, measured))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--folder", type=Path, help="Where the model lies, or is to be written and kept.")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        if not (folder / "config.json").exists():
            write_model(folder)
        found = lines(folder, options.rounds)
    if options.json:
        print(json.dumps([asdict(one) for one in found], indent=2))
        return
    print("| model, format, answers at once | predicted, tokens/s | measured | measured / predicted |")
    print("|---|---|---|---|")
    for one in found:
        held = "" if one.is_held else ", outside"
        print(
            f"| {one.what} | {one.predicted:.1f} ({one.low:.1f} to {one.high:.1f}) | {one.measured:.1f} "
            f"| {one.measured / one.predicted:.2f}{held} |"
        )


if __name__ == "__main__":
    main()
