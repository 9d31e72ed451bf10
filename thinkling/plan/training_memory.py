"""Bytes that training takes: state, activations, logits; LoRA and GRPO. No torch.

State for a parameter in mixed precision with Adam: 2 weights + 2 gradients (4 in fp32) + 12 for the
optimizer (fp32 copy, two moments); ZeRO cuts 12, 12 + 2, or all of it over the replicas (arXiv 1910.02054).
Activations are what backward needs of a block with flash attention; for Llama's proportions that is 34 x
width bytes a token, the figure of arXiv 2205.05198. Logits stand in fp32, and so does their gradient: the
term that ends GRPO runs.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from thinkling.errors import ConfigError
from thinkling.models.config import GQA, Dense, ModelConfig, MoE
from thinkling.plan.count import count_params, module_routed_params, routed_params
from thinkling.plan.estimate import Figure, Input, count
from thinkling.plan.layout import Layout
from thinkling.plan.memory import BITS, Serving, cache_bytes, needed, weight_bytes

OPTIMIZER_BYTES = 12


@dataclass(frozen=True, slots=True)
class TrainingMemory:
    """How a model is trained, as far as memory is concerned."""

    tokens_per_pass: int = 4096
    """Tokens of one micro-batch on one device."""
    layout: Layout = field(default_factory=Layout)
    """How it is cut over devices."""
    gradient_bytes: int = 2
    """Bytes of a gradient: 2, or 4 in fp32."""
    has_recompute: bool = False
    """Whether blocks keep their inputs alone and are computed again."""
    lora_rank: int | None = None
    """Rank of adapters on every matrix; None trains all weights."""
    base_format: str = "bf16"
    """Format of the frozen weights beside adapters: int4 is QLoRA."""
    logit_tokens: int | None = None
    """Tokens whose logits stand in memory at once; None: all of a pass."""


@dataclass(frozen=True, slots=True)
class RolloutMemory:
    """What GRPO needs beside training."""

    answers: int = 64
    """Answers sampled at once on one device."""
    length: int = 4096
    """Tokens of a problem and its answer."""
    has_reference: bool = True
    """Whether a frozen reference is kept for the KL term."""
    is_shared: bool = False
    """Whether sampler and trainer share one copy of the weights, as here."""


def logits_bytes(vocab_size: int, tokens: int, copies: int = 2) -> float:
    """Bytes of logits in fp32: themselves and their gradient."""
    return 4.0 * vocab_size * tokens * copies


def lora_params(config: ModelConfig, rank: int) -> int:
    """Parameters of adapters of `rank` on attention and feed-forward matrices; on shared but not on routed
    experts."""
    attention, width = config.attention, config.width
    if isinstance(attention, GQA):
        queries, keys = (
            attention.num_heads * attention.head_width,
            attention.num_kv_heads * attention.head_width,
        )
        ends = [(width, queries), (width, keys), (width, keys), (queries, width)]
    else:
        whole = attention.num_heads * (attention.nope_width + attention.rope_width)
        up = attention.num_heads * (attention.nope_width + attention.value_width)
        first = (
            [(width, whole)]
            if attention.q_rank is None
            else [(width, attention.q_rank), (attention.q_rank, whole)]
        )
        down = (width, attention.kv_rank + attention.rope_width)
        ends = [*first, down, (attention.kv_rank, up), (attention.num_heads * attention.value_width, width)]
    total = config.num_layers * sum(rank * (one + other) for one, other in ends)
    for layer in range(config.num_layers):
        ffn = config.ffn_of(layer)
        inner = ffn.width if isinstance(ffn, Dense) else ffn.num_shared * ffn.expert_width
        total += 3 * rank * (width + inner) if inner else 0
    return total


def activation_bytes_per_token(config: ModelConfig) -> float:
    """Bytes that backward needs of one token over all layers, nothing computed again.

    Inputs of both norms, both normalised rows, queries, keys, values and what attention gives, and of the
    feed-forward layer gate, up and their product: 16 bits each. A routed token stands once more for every
    expert.
    """
    attention, width = config.attention, config.width
    if isinstance(attention, GQA):
        heads = (
            2 * attention.num_heads * attention.head_width + 2 * attention.num_kv_heads * attention.head_width
        )
    else:
        one = attention.nope_width + attention.rope_width
        heads = attention.num_heads * (2 * one + 2 * attention.value_width)
        heads += (attention.q_rank or 0) + attention.kv_rank + attention.rope_width
    total = 0
    # A prediction module is one block more, behind the last.
    for layer in range(config.num_layers + config.mtp_depth):
        total += 4 * width + heads + _ffn_activations(config, config.ffn_of(min(layer, config.num_layers)))
    return 2.0 * total


def _ffn_activations(config: ModelConfig, ffn: Dense | MoE) -> int:
    if isinstance(ffn, Dense):
        return 3 * ffn.width
    return 3 * (ffn.num_active + ffn.num_shared) * ffn.expert_width + 2 * ffn.num_active * config.width


def activation_bytes(config: ModelConfig, training: TrainingMemory) -> float:
    """Bytes of activations on one device; recomputed blocks keep their inputs, and one block is whole.
    Tensor parallel devices share all of them, which takes sequence parallelism.

    A pipeline saves nothing: it keeps as many micro-batches as it has stages (1F1B).
    """
    whole = activation_bytes_per_token(config) * training.tokens_per_pass
    if training.has_recompute:
        inputs = 2.0 * config.width * config.num_layers * training.tokens_per_pass
        whole = inputs + whole / config.num_layers
    return whole / training.layout.tensor


def state_bytes(config: ModelConfig, training: TrainingMemory) -> tuple[float, float, float]:
    """Bytes of weights, gradients and optimizer on one device."""
    layout = training.layout
    rank, zero = training.lora_rank, layout.zero
    if rank is None:
        routed = routed_params(config) + module_routed_params(config)
        dense = count_params(config).total + count_params(config).mtp - routed
    else:
        dense, routed = lora_params(config, rank), 0
    trained = [_cut(layout, dense, routed, is_over_replicas=zero >= stage) for stage in (3, 2, 1)]
    frozen = 0.0 if rank is None else weights_on_device(config, training.base_format, layout)
    bytes_ = (2, training.gradient_bytes, OPTIMIZER_BYTES)
    weights, gradients, optimizer = (a * b for a, b in zip(trained, bytes_, strict=True))
    return frozen + weights, gradients, optimizer


def weights_on_device(config: ModelConfig, format_: str, layout: Layout) -> float:
    """Bytes of the main model's weights in a format on one device, nothing of them trained."""
    routed = routed_params(config) * BITS[format_] / 8
    dense = weight_bytes(config, format_) - routed
    return _cut(layout, dense, routed, is_over_replicas=layout.zero == 3)


def _cut(layout: Layout, dense: float, routed: float, *, is_over_replicas: bool) -> float:
    """What one device has of both: experts are spread over replicas too, and have fewer of these left."""
    spread_ = max(layout.expert, layout.tensor)
    dense /= layout.tensor * layout.pipeline
    routed /= layout.pipeline * spread_
    if not is_over_replicas:
        return dense + routed
    return dense / layout.data + routed / max(1.0, layout.data * layout.tensor / spread_)


def training_figures(
    config: ModelConfig, training: TrainingMemory, rollout: RolloutMemory | None = None
) -> tuple[Figure, ...]:
    """Bytes on one device, part by part, and their sum. Raises ConfigError for a layout that cannot be."""
    training.layout.check(config)
    if training.tokens_per_pass < 1:
        raise ConfigError("A pass needs at least one token.", "give --tokens-per-pass above zero")
    parts = [*_state_figures(config, training), *_pass_figures(config, training)]
    if rollout is not None:
        parts += _rollout_figures(config, training, rollout)
    return (*parts, needed(tuple(parts)))


def _state_figures(config: ModelConfig, training: TrainingMemory) -> tuple[Figure, ...]:
    """Weights, gradients and optimizer on one device."""
    weights, gradients, optimizer = state_bytes(config, training)
    layout, rank = training.layout, training.lora_rank
    trained = (
        count_params(config).total + count_params(config).mtp if rank is None else lora_params(config, rank)
    )
    inputs = [
        Input("trained parameters", trained),
        Input("tensor x pipeline", layout.tensor * layout.pipeline, "devices"),
        Input("data", layout.data, f"replicas, ZeRO stage {layout.zero}"),
    ]
    held = "2 x trained, cut as laid out"
    if rank is not None:
        inputs.append(Input("frozen", weight_bytes(config, training.base_format), "bytes"))
        held = f"(frozen + 2 x trained) in {training.base_format} and 16 bits, cut as laid out"
    formula = f"{training.gradient_bytes} x trained, cut as laid out"
    return (
        count("weights", weights, "bytes", held, inputs),
        count("gradients", gradients, "bytes", formula, inputs[:3]),
        count("optimizer", optimizer, "bytes", f"{OPTIMIZER_BYTES} x trained, cut as laid out", inputs[:3]),
    )


def _pass_figures(config: ModelConfig, training: TrainingMemory) -> tuple[Figure, ...]:
    """Activations and logits of one micro-batch on one device."""
    tokens, cut = training.tokens_per_pass, training.layout.tensor
    logit_tokens = min(training.logit_tokens or tokens, tokens)
    kept = (
        "2 x width x layers + one block" if training.has_recompute else "what backward needs of every block"
    )
    whole = Input("of every block", activation_bytes_per_token(config), "bytes a token")
    heads = 1 + config.mtp_depth
    rows = (
        Input("vocabulary", config.vocab_size),
        Input("tokens", logit_tokens),
        Input("predictions", heads, "of each"),
        Input("tensor", cut),
    )
    formula = "4 x vocabulary x tokens x predictions x 2 (and their gradient) / tensor"
    return (
        count(
            "activations",
            activation_bytes(config, training),
            "bytes",
            f"tokens a pass x ({kept}) / tensor",
            (Input("tokens a pass", tokens), whole, Input("tensor", cut)),
        ),
        count("logits", heads * logits_bytes(config.vocab_size, logit_tokens) / cut, "bytes", formula, rows),
    )


def _rollout_figures(config: ModelConfig, training: TrainingMemory, rollout: RolloutMemory) -> list[Figure]:
    """What the sampler and the reference take on one device."""
    weights = weights_on_device(config, "bf16", training.layout)
    serving = Serving(context=rollout.length, batch=rollout.answers)
    serving.check(config)
    answers = (Input("answers", rollout.answers), Input("length", rollout.length, "tokens"))
    figures = [
        count(
            "cache of the sampler",
            cache_bytes(config, serving),
            "bytes",
            "answers x pages x bytes a page",
            answers,
        )
    ]
    bits = (Input("bits", BITS["bf16"], "a weight"),)
    if not rollout.is_shared:
        figures.append(
            count("weights of the sampler", weights, "bytes", "parameters x bits / 8, cut as laid out", bits)
        )
    # With adapters the reference is the base that is there anyway.
    if rollout.has_reference and training.lora_rank is None:
        figures.append(
            count(
                "weights of the reference", weights, "bytes", "parameters x bits / 8, cut as laid out", bits
            )
        )
    return figures
