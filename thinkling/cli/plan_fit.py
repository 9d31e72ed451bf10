"""The options of `thinkling plan fit` as records of the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from thinkling.cli.plan_options import given_options, usual_context

if TYPE_CHECKING:
    from thinkling.plan.estimate import Answer
    from thinkling.plan.layout import Layout
    from thinkling.plan.named import NamedModel

_SAMPLE = frozenset({"context", "batch"})
_TRAIN = frozenset({"tensor", "pipeline", "expert", "zero", "lora_rank", "recompute", "tokens_per_pass"})
_HEARD = {
    "serve": _SAMPLE | {"cache_format"},
    "train": _TRAIN,
    "reinforce": _SAMPLE | _TRAIN | {"one_copy", "no_reference"},
}
"""The options that each purpose asks; all others beside the model, its memory and the devices are refused."""


def answer(model: NamedModel, format_: str | None, device_bytes: float, options: dict[str, Any]) -> Answer:
    """Whether it fits. Raises ConfigError for a layout that cannot be and for options that change nothing."""
    from thinkling.plan.fit import answer_serving, answer_training
    from thinkling.plan.memory import Serving
    from thinkling.plan.training_memory import RolloutMemory, TrainingMemory

    purpose, context = options["purpose"], options["context"] or usual_context(model)
    _refuse_what_changes_nothing(purpose, format_, options)
    if purpose == "serve":
        batch, number = options["batch"] or 1, options["num_devices"]
        serving = Serving(format_ or model.stored_as, options["cache_format"], context, batch, number)
        return answer_serving(model, serving, device_bytes)
    training = TrainingMemory(
        tokens_per_pass=options["tokens_per_pass"],
        layout=_layout(options),
        has_recompute=options["recompute"],
        lora_rank=options["lora_rank"],
        base_format=format_ or "bf16",
    )
    rollout = None
    if purpose == "reinforce":
        answers = options["batch"] or 64
        rollout = RolloutMemory(answers, context, not options["no_reference"], options["one_copy"])
    return answer_training(model, training, device_bytes, rollout)


def _refuse_what_changes_nothing(purpose: str, format_: str | None, options: dict[str, Any]) -> None:
    """Raises ConfigError for an option that this purpose does not ask."""
    from thinkling.errors import ConfigError

    every = frozenset().union(*_HEARD.values())
    for name, option in given_options().items():
        if name in every - _HEARD[purpose]:
            fits = ", ".join(f"--to {other}" for other, heard in _HEARD.items() if name in heard)
            raise ConfigError(
                f"{option} changes nothing about whether it fits to {purpose}.",
                f"leave it out, or ask with {fits}",
            )
    if format_ and purpose != "serve" and options["lora_rank"] is None:
        raise ConfigError(
            f"Weights in {format_} cannot be trained; --quantize is for those that adapters stand beside.",
            "add --lora RANK, or leave --quantize out",
        )


def _layout(options: dict[str, Any]) -> Layout:
    """How devices share the model. Raises ConfigError where their number does not allow it."""
    from thinkling.errors import ConfigError
    from thinkling.plan.layout import Layout

    number, cut = options["num_devices"], options["tensor"] * options["pipeline"]
    if number % cut:
        raise ConfigError(
            f"{number} devices cannot be laid out as tensor {options['tensor']} x pipeline "
            f"{options['pipeline']}.",
            f"give --devices as a multiple of {cut}",
        )
    return Layout(options["tensor"], options["pipeline"], options["expert"], number // cut, options["zero"])
