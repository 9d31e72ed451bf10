"""The options of `thinkling plan fit` as records of the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from thinkling.cli.plan_options import usual_context

if TYPE_CHECKING:
    from thinkling.plan.estimate import Answer
    from thinkling.plan.named import NamedModel


def answer(model: NamedModel, format_: str | None, device_bytes: float, options: dict[str, Any]) -> Answer:
    """Whether it fits. Raises ConfigError for a layout that cannot be."""
    from thinkling.errors import ConfigError
    from thinkling.plan.fit import answer_serving, answer_training
    from thinkling.plan.layout import Layout
    from thinkling.plan.memory import Serving
    from thinkling.plan.training_memory import RolloutMemory, TrainingMemory

    context = options["context"] or usual_context(model)
    number, cut = options["num_devices"], options["tensor"] * options["pipeline"]
    if number % cut and (cut > 1 or options["purpose"] != "serve"):
        raise ConfigError(
            f"{number} devices cannot be laid out as tensor {options['tensor']} x pipeline "
            f"{options['pipeline']}.",
            f"give --devices as a multiple of {cut}",
        )
    layout = Layout(options["tensor"], options["pipeline"], options["expert"], number // cut, options["zero"])
    if options["purpose"] == "serve":
        layout.check(model.config)
        serving = Serving(
            format_ or model.stored_as, options["cache_format"], context, options["batch"], number
        )
        return answer_serving(model, serving, device_bytes)
    training = TrainingMemory(
        tokens_per_pass=options["tokens_per_pass"],
        layout=layout,
        has_recompute=options["recompute"],
        lora_rank=options["lora_rank"],
        base_format=format_ or "bf16",
    )
    rollout = None
    if options["purpose"] == "reinforce":
        rollout = RolloutMemory(options["batch"], context, not options["no_reference"], options["one_copy"])
    return answer_training(model, training, device_bytes, rollout)
