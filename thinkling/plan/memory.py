"""Bytes that serving takes: weights in a format, cache in pages, working space. No torch.

A format applies to the matrices; embedding, norms, biases and the router stay in 16 bits, and in FP8 the
head too, as DeepSeek releases it. The cache is that of `count.kv_bytes_per_token`, rounded up to whole
pages for every sequence (vLLM and this engine have 16 tokens a page). All experts are in memory, however
few a token visits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

from thinkling.errors import ConfigError
from thinkling.models.config import MLA, Dense, ModelConfig, MoE
from thinkling.plan.assumptions import ASSUMPTIONS
from thinkling.plan.count import count_params, kv_bytes_per_token
from thinkling.plan.estimate import Figure, Input, Values, count, spread

PAGE_TOKENS = 16

BITS: dict[str, float] = {"fp32": 32, "bf16": 16, "fp8": 8 + 32 / 128**2, "int8": 8, "int4": 4.5}
"""Bits of one weight: FP8 with a scale for 128 x 128, int4 with a 16-bit scale for 32 columns (int8's scale
a row is under 0.1 %)."""
_SCALES = {"fp8": ", 32 for 128 x 128 of them counted", "int4": ", 16 for 32 of them counted"}
CACHE_BYTES = {"fp32": 4, "bf16": 2, "fp8": 1, "int8": 1}


@dataclass(frozen=True, slots=True)
class Serving:
    """What is served: how many conversations of which length, in which formats, over which devices."""

    format: str = "bf16"
    """Format of the matrices."""
    cache_format: str = "bf16"
    """Format of the cache."""
    context: int = 4096
    """Tokens of one conversation, prompt and answer."""
    batch: int = 1
    """Conversations at once."""
    num_devices: int = 1
    """Devices over which weights are spread evenly, and conversations as far as they go."""
    prefill_tokens: int = 2048
    """Tokens of prompts that are read at once."""

    def check(self, config: ModelConfig) -> None:
        """Raises ConfigError where it cannot be."""
        if self.format not in BITS:
            raise ConfigError(f"There is no format {self.format!r}.", f"choose one of {', '.join(BITS)}")
        if self.cache_format not in CACHE_BYTES:
            known = ", ".join(CACHE_BYTES)
            raise ConfigError(f"The cache is not kept in {self.cache_format!r}.", f"choose one of {known}")
        if self.context > config.context_length:
            raise ConfigError(
                f"A context of {self.context:,} tokens is asked for, and the model was made for "
                f"{config.context_length:,}.",
                f"give --context {config.context_length} or less",
            )


def kept_in_16_bits(config: ModelConfig, format_: str = "int8") -> int:
    """Parameters that a format makes no smaller: embedding (where the head has a table of its own), norms,
    biases, routers; for FP8 the head."""
    total = count_params(config).total
    return total - matrix_params(config, format_)


@lru_cache(maxsize=64)
def matrix_params(config: ModelConfig, format_: str = "int8") -> int:
    """Parameters of the matrices that a format applies to. A table that embedding and head share counts;
    FP8 leaves the head alone."""
    sizes = {part.name: part.total for part in count_params(config).parts}
    attention = sizes["attention"] - _small_attention_params(config)
    feed_forward = sum(
        sizes.get(f"{kind}", 0) for kind in ("dense feed-forward", "shared experts", "routed experts")
    )
    if format_ == "fp8":
        return attention + feed_forward
    return attention + feed_forward + sizes["embedding" if config.is_tied else "head"]


def _small_attention_params(config: ModelConfig) -> int:
    """Norms and biases within attention, over all layers."""
    attention = config.attention
    if attention.kind == "mla":
        return config.num_layers * ((attention.q_rank or 0) + attention.kv_rank)
    norms = 2 * attention.head_width * attention.has_qk_norm
    biases = (
        (attention.num_heads + 2 * attention.num_kv_heads) * attention.head_width * attention.has_qkv_bias
    )
    return config.num_layers * (norms + biases)


def weight_bytes(config: ModelConfig, format_: str) -> float:
    """Bytes of all weights of the main model in a format."""
    matrices = matrix_params(config, format_)
    rest_bytes = 4 if format_ == "fp32" else 2
    return matrices * BITS[format_] / 8 + (count_params(config).total - matrices) * rest_bytes


def cache_bytes(config: ModelConfig, serving: Serving) -> float:
    """Bytes of the cache of one device, in whole pages."""
    conversations, cut = cache_on_device(config, serving)
    pages = -(-serving.context // PAGE_TOKENS)
    per_token = kv_bytes_per_token(config, CACHE_BYTES[serving.cache_format])
    return conversations * pages * PAGE_TOKENS * per_token / cut


def cache_on_device(config: ModelConfig, serving: Serving) -> tuple[int, int]:
    """Conversations whose cache stands on one device, and the devices that share the heads of each.

    Key-value heads are shared out as far as the devices divide them; a latent has no heads, so that a
    conversation's is whole on its device.
    """
    attention = config.attention
    heads = 1 if isinstance(attention, MLA) else attention.num_kv_heads
    cut = math.gcd(heads, serving.num_devices)
    return -(-serving.batch // (serving.num_devices // cut)), cut


def working_bytes(config: ModelConfig, serving: Serving) -> float:
    """Bytes of activations while a piece of a prompt is read, and of a row of fp32 logits for every
    conversation.

    Residual stream, queries, keys, values and the widest feed-forward layer of one block, 16 bits each.
    """
    rows = min(serving.prefill_tokens, serving.context * serving.batch)
    return 2.0 * rows * widest_row(config) + 4.0 * serving.batch * config.vocab_size


def widest_row(config: ModelConfig) -> int:
    """Numbers that one token needs at once within a block."""
    attention, ffn = config.attention, config.ffn
    if attention.kind == "mla":
        heads = attention.num_heads * (
            2 * (attention.nope_width + attention.rope_width) + 2 * attention.value_width
        )
    else:
        heads = 2 * (attention.num_heads + attention.num_kv_heads) * attention.head_width
    if isinstance(ffn, MoE):
        inner = (ffn.num_active + ffn.num_shared) * (3 * ffn.expert_width + config.width)
    else:
        inner = 3 * ffn.width
    dense = config.dense
    inner = max(inner, 3 * dense.width if isinstance(dense, Dense) and config.num_dense_layers else 0)
    return 2 * config.width + max(heads, inner)


def serving_figures(config: ModelConfig, serving: Serving) -> tuple[Figure, ...]:
    """Bytes on one device, part by part, and their sum with what the runtime takes. Raises ConfigError."""
    serving.check(config)
    parts = (
        _weights_figure(config, serving),
        _cache_figure(config, serving),
        count(
            "working space",
            working_bytes(config, serving),
            "bytes",
            "2 x rows x widest row + 4 x conversations x vocabulary",
            (
                Input("rows", min(serving.prefill_tokens, serving.context * serving.batch), "tokens at once"),
                Input("widest row", widest_row(config), "numbers"),
                Input("conversations", serving.batch),
                Input("vocabulary", config.vocab_size),
            ),
        ),
    )
    return (*parts, needed(parts))


def _weights_figure(config: ModelConfig, serving: Serving) -> Figure:
    matrices, bits = matrix_params(config, serving.format), 32 if serving.format == "fp32" else 16
    scales = _SCALES.get(serving.format, "")
    inputs = (
        Input("matrices", matrices, "parameters"),
        Input("bits", BITS[serving.format], f"a weight in {serving.format}{scales}"),
        Input("rest", count_params(config).total - matrices, f"parameters in {bits} bits"),
        Input("devices", serving.num_devices),
    )
    bytes_ = weight_bytes(config, serving.format) / serving.num_devices
    formula = f"(matrices x bits / 8 + rest x {bits // 8}) / devices"
    return count("weights", bytes_, "bytes", formula, inputs)


def _cache_figure(config: ModelConfig, serving: Serving) -> Figure:
    conversations, cut = cache_on_device(config, serving)
    inputs = (
        Input("conversations on a device", conversations),
        Input("pages", -(-serving.context // PAGE_TOKENS)),
        Input("tokens a page", PAGE_TOKENS),
        Input("bytes a token", kv_bytes_per_token(config, CACHE_BYTES[serving.cache_format])),
        Input("devices that share heads", cut),
    )
    formula = "conversations on a device x pages x tokens a page x bytes a token / devices that share heads"
    return count("cache", cache_bytes(config, serving), "bytes", formula, inputs)


def needed(parts: tuple[Figure, ...], name: str = "needed on each device") -> Figure:
    """The sum of exact parts and of what the runtime takes."""
    fixed = sum(part.value for part in parts)

    def total(values: Values) -> float:
        return fixed + values["runtime bytes"]

    inputs = (*(Input(part.name, part.value, "bytes") for part in parts), _runtime())
    formula = " + ".join((*(part.name for part in parts), "runtime"))
    return Figure(name, spread(total, (ASSUMPTIONS["runtime bytes"],)), "bytes", formula, inputs)


def _runtime() -> Input:
    return Input("runtime", ASSUMPTIONS["runtime bytes"].expected, "bytes, assumed")


def most_conversations(config: ModelConfig, serving: Serving, device_bytes: float) -> int:
    """Conversations of `serving.context` tokens for which the cache of all devices has room; one at least.

    Beside weights and working space, which is counted for one conversation.
    """
    one = replace(serving, batch=1)
    taken = weight_bytes(config, serving.format) / serving.num_devices + working_bytes(config, one)
    room = device_bytes - taken - ASSUMPTIONS["runtime bytes"].expected
    conversations, cut = cache_on_device(config, one)
    groups = serving.num_devices // cut
    return max(1, groups * int(max(0.0, room) // cache_bytes(config, one)) * conversations)


def devices_needed(config: ModelConfig, serving: Serving, device_bytes: float) -> int | None:
    """The fewest devices that hold it; None where even a thousand do not."""
    once = working_bytes(config, serving) + ASSUMPTIONS["runtime bytes"].expected
    if device_bytes <= once:
        return None
    weights = weight_bytes(config, serving.format)
    for number in range(max(1, int(weights // (device_bytes - once))), 1001):
        cache = cache_bytes(config, replace(serving, num_devices=number))
        if weights / number + cache + once <= device_bytes:
            return number
    return None
