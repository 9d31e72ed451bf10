"""What a model is in numbers: parameters part by part, arithmetic by context, cache, weights by format."""

from __future__ import annotations

from thinkling.errors import ConfigError
from thinkling.models.config import MLA, ModelConfig
from thinkling.plan.count import (
    Part,
    attention_flops_per_token,
    count_params,
    forward_flops_per_token,
    kv_bytes_per_token,
    training_flops_per_token,
)
from thinkling.plan.estimate import Answer, Figure, Input, count
from thinkling.plan.fit import total_weights
from thinkling.plan.named import NamedModel


def answer_count(model: NamedModel, context: int) -> Answer:
    """Everything that can be counted about `model` for windows of `context` tokens. Raises ConfigError for
    a window that it was not made for."""
    config = model.config
    if context > config.context_length:
        raise ConfigError(
            f"A window of {context:,} tokens is asked for, and the model was made for "
            f"{config.context_length:,}.",
            f"give --context {config.context_length} or less",
        )
    counted = count_params(config)
    parts = [count(part.name, part.total, "parameters", _use_of(part)) for part in counted.parts]
    figures = [
        count(
            "parameters",
            counted.total,
            "parameters",
            "the sum of the parts below, without multi-token prediction",
        ),
        count(
            "active parameters",
            counted.active,
            "parameters",
            "those that one token uses, embedding and head included",
        ),
        *parts,
    ]
    if counted.mtp:
        figures.append(
            count(
                "multi-token prediction",
                counted.mtp,
                "parameters",
                "beside the model, its copies not counted",
            )
        )
    figures += [*_arithmetic(config, context), _cache(config), *total_weights(model)]
    share = counted.active / counted.total
    return Answer(
        question=f"What is {model.name}?",
        verdict=f"{model.name} has {counted.total:,} parameters, of which a token uses "
        f"{counted.active:,} ({share:.0%}).",
        figures=tuple(figures),
        notes=(f"Source: {model.source}.",),
    )


def _use_of(part: Part) -> str:
    if part.name == "embedding":
        return "all counted as active, though a token looks up one row"
    return (
        "all of which a token uses" if part.active == part.total else f"of which a token uses {part.active:,}"
    )


def _arithmetic(config: ModelConfig, context: int) -> tuple[Figure, ...]:
    window = Input("window", context, "tokens")
    products = forward_flops_per_token(config, 0)
    attention = forward_flops_per_token(config, context) - products
    forward = (Input("products", products, "operations"), Input("attention", attention, "operations"), window)
    total, unit = products + attention, "operations a token"
    met = "2 x matrix weights a token meets + attention over half the window"
    trained = training_flops_per_token(config, context)
    figures = [
        count("forward pass", total, unit, met, forward),
        count("attention's share", attention / total, "", "attention / forward pass", forward[1:]),
        count("backward pass", 2 * total, unit, "twice the forward pass", forward),
        count("training", trained, unit, "3 x (forward pass + multi-token prediction)", (window,)),
    ]
    if isinstance(config.attention, MLA):
        absorbed = attention_flops_per_token(config, context, is_absorbed=True)
        formula = "2 x layers x heads x (2 x latent + rotated) x context"
        figures.append(count("attention of a decoding step, absorbed", absorbed, unit, formula, (window,)))
    return tuple(figures)


def _cache(config: ModelConfig) -> Figure:
    attention = config.attention
    layers = Input("layers", config.num_layers)
    if isinstance(attention, MLA):
        widths = (Input("latent", attention.kv_rank), Input("rotated", attention.rope_width), layers)
        return count(
            "cache",
            kv_bytes_per_token(config),
            "bytes a token",
            "(latent + rotated) x layers x 2 (BF16)",
            widths,
        )
    widths = (
        Input("key-value heads", attention.num_kv_heads),
        Input("head width", attention.head_width),
        layers,
    )
    formula = "2 x key-value heads x head width x layers x 2 (BF16)"
    return count("cache", kv_bytes_per_token(config), "bytes a token", formula, widths)
