"""Seconds of one GRPO step, thinkling beside TRL's GRPOTrainer: same weights, same prompts, same shapes.

    pip install trl        (and what `make test` installs)
    python benchmarks/grpo_vs_trl.py [--steps 5] [--precision fp32] [--precision bf16]

Both sample 32 problems x 16 answers of exactly 64 new tokens from a dense Qwen3-shaped model (DENSE_TINY,
random weights), score them with one rule and make one AdamW update. Each side runs in a process of its own,
one after the other; printed are medians after a warm-up step, their ratio, and each side's peak memory.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

PROBLEMS, ANSWERS, NEW_TOKENS = 32, 16, 64
LEARNING_RATE = 3e-4
TRL_PASSES = (512, 128)
"""Answers in one forward and backward pass of TRL; the faster one counts."""


def questions(count: int) -> list[str]:
    """Held-in multiplication problems."""
    from thinkling.tasks.registry import task_named
    from thinkling.tasks.split import sample_problems

    return [one.question for one in sample_problems(task_named("multiply"), count, seed=0, held_out=False)]


def rule(ids: list[int]) -> float:
    """A reward both sides can compute and a random model earns half of the time."""
    return float(sum(ids) % 2)


def write_model(folder: Path) -> None:
    """The start of both sides: random weights, the bundled tokenizer."""
    import torch

    from thinkling.models.presets import DENSE_TINY
    from thinkling.text.tokenizer import Tokenizer
    from thinkling.train.policy import new_policy, save_policy
    from thinkling.weights.folder import BUNDLED

    tokenizer = Tokenizer.load(BUNDLED)
    config = DENSE_TINY.model_copy(update={"vocab_size": tokenizer.vocab_size})
    save_policy(new_policy(config, 0.02, 0, "cpu", "fp32"), tokenizer, folder, torch.float32)


def thinkling_steps(folder: Path, num_steps: int, precision: str) -> list[float]:
    """Seconds of each step, the first one included."""
    from thinkling.kernels.library import build as build_kernels
    from thinkling.records import Message, Problem, Rollout, SamplingParams, Verdict
    from thinkling.train.grpo import Grpo, GrpoSettings
    from thinkling.weights.allocator import keep_freed_memory

    keep_freed_memory()  # as `thinkling train` does, both of them
    build_kernels()
    problems = [Problem("multiply", text, "", text) for text in questions(PROBLEMS)]

    class Forced(Grpo):
        """Every answer has exactly NEW_TOKENS tokens, and every group is learned from."""

        def _sample(self, step: int) -> tuple[list[Any], list[Any]]:
            params = SamplingParams(
                n=ANSWERS, max_tokens=NEW_TOKENS, ignore_eos=True, logprobs=True, seed=step
            )
            prompts = [[Message("user", one.question)] for one in problems]
            done = self.llm.generate(prompts, params)
            rollouts = [
                Rollout(problems[i // ANSWERS], one, Verdict(rule(list(one.ids)), False, ""))
                for i, one in enumerate(done)
            ]
            groups = [rollouts[i : i + ANSWERS] for i in range(0, len(rollouts), ANSWERS)]
            return groups, groups

    settings = GrpoSettings.model_validate(
        {
            "steps": num_steps,
            "problems": PROBLEMS,
            "answers": ANSWERS,
            "max_tokens": NEW_TOKENS,
            "num_held_out": 0,
            "gate": {"min_pass_at_k": 0.0},
            "precision": precision,
            "optimizer": {
                "kind": "adamw",
                "lr": LEARNING_RATE,
                "decay": "constant",
                "weight_decay": 0.0,
            },
        }
    )
    stage = Forced(settings, folder, folder / "run", 0, "cpu")
    seconds = []
    for step in range(num_steps):
        start = time.perf_counter()
        stage.step(step)
        seconds.append(time.perf_counter() - start)
    return seconds


def trl_steps(folder: Path, num_steps: int, precision: str, answers_per_pass: int) -> list[float]:
    """The same with TRL."""
    import datasets
    import torch
    import transformers
    import trl

    class Clock(transformers.TrainerCallback):
        """From the end of one step to the end of the next: sampling happens while the batch is fetched."""

        def __init__(self) -> None:
            self.seconds: list[float] = []
            self.last: float | None = None

        def on_step_end(self, *_: Any, **__: Any) -> None:
            now = time.perf_counter()
            if self.last is not None:
                self.seconds.append(now - self.last)
            self.last = now

    def reward(completion_ids: list[list[int]], **_: Any) -> list[float]:
        return [rule(ids) for ids in completion_ids]

    size = PROBLEMS * ANSWERS
    args = trl.GRPOConfig(
        output_dir=str(folder / "trl"),
        use_cpu=True,
        bf16=precision == "bf16",
        per_device_train_batch_size=answers_per_pass,
        gradient_accumulation_steps=size // answers_per_pass,
        generation_batch_size=size,
        num_generations=ANSWERS,
        max_completion_length=NEW_TOKENS,
        generation_kwargs={"min_new_tokens": NEW_TOKENS},
        temperature=1.0,
        beta=0.0,
        learning_rate=LEARNING_RATE,
        lr_scheduler_type="constant",
        max_steps=num_steps + 1,
        gradient_checkpointing=False,
        logging_steps=1000,
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
        dataloader_pin_memory=False,
        seed=0,
    )
    clock = Clock()
    prompts = questions(PROBLEMS) * (num_steps + 2)
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    trainer = trl.GRPOTrainer(
        model=model,
        reward_funcs=reward,
        args=args,
        train_dataset=datasets.Dataset.from_list(
            [{"prompt": [{"role": "user", "content": text}]} for text in prompts]
        ),
        processing_class=transformers.AutoTokenizer.from_pretrained(folder, padding_side="left"),
        callbacks=[clock],
    )
    trainer.train()
    return clock.seconds


def run_side(side: str, folder: Path, steps: int, precision: str) -> dict[str, Any]:
    """One side in a process of its own: seconds after the warm-up, and peak memory in MB."""
    words = [sys.executable, __file__, "--side", side, "--folder", str(folder), "--steps", str(steps)]
    done = subprocess.run(
        [*words, "--precision", precision], capture_output=True, text=True, timeout=3000, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--precision", action="append", choices=["fp32", "bf16"])
    parser.add_argument("--side")
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    if options.side:
        precision = options.precision[0]
        if options.side == "thinkling":
            seconds = thinkling_steps(options.folder, options.steps + 1, precision)[1:]
        else:
            seconds = trl_steps(options.folder, options.steps, precision, int(options.side.split("-")[1]))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": seconds, "peak_mb": peak}))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_model(folder)
        for precision in options.precision or ["fp32", "bf16"]:
            ours = run_side("thinkling", folder, options.steps, precision)
            theirs = [run_side(f"trl-{size}", folder, options.steps, precision) for size in TRL_PASSES]
            best = min(theirs, key=lambda one: statistics.median(one["seconds"]))
            mine, other = (statistics.median(one["seconds"]) for one in (ours, best))
            print(
                f"{precision}: thinkling {mine:.2f} s ({ours['peak_mb']:.0f} MB), "
                f"TRL {other:.2f} s ({best['peak_mb']:.0f} MB), ratio {other / mine:.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
