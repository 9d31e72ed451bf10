"""Published figures that follow from others by arithmetic alone: they have to come out, or a number is
wrong."""

from __future__ import annotations

from thinkling.models.presets import PRESETS
from thinkling.plan.count import count_params, kv_bytes_per_token
from thinkling.plan.price import list_price, tokens_cost
from thinkling.plan.rows import Row, identity
from thinkling.plan.shapes import SHAPES
from thinkling.plan.training_memory import logits_bytes

_V3 = "DeepSeek-V3 (arXiv 2412.19437), table 1"
_R1 = "DeepSeek-R1 (arXiv 2501.12948 v2), table 7; Nature 645, 633 (2025)"
_DAY6 = "deepseek-ai/open-infra-index, day 6 (2025-03-01)"
_LLAMA = "Llama 3.1 model card (2024-07-23)"


def identities() -> tuple[Row, ...]:
    """Every identity."""
    return (*_shapes(), *_caches(), *_pretraining(), *_reinforcement(), *_service(), *_others())


def _shapes() -> tuple[Row, ...]:
    count = count_params(PRESETS["deepseek-v3"])
    released = "DeepSeek-V3 release: config.json and the shapes in its safetensors headers"
    return (
        identity(
            "parameters of DeepSeek-V3 and R1",
            671_026_419_200,
            count.total,
            "parameters",
            "2 V d + d + 61 (attention + 2 d) + 3 dense + 58 (257 experts + 256 d + 256 correction "
            "biases), without MTP",
        ).sourced(released),
        identity(
            "active parameters of DeepSeek-V3 and R1",
            37_552_297_472,
            count.active,
            "parameters",
            "the same with 9 of 257 experts, embedding and head included",
        ).sourced(released),
        identity(
            "numbers in the released folder, the MTP layer with its copies of embedding and head",
            684_489_845_504,
            count.checkpoint,
            "parameters",
            "parameters + MTP module + 2 V d",
        ).sourced(released),
        identity(
            "the 685B of the hub's page", 685e9, count.checkpoint, "parameters", "the line above"
        ).sourced("huggingface.co/deepseek-ai/DeepSeek-R1", 0.6e9),
    )


def _caches() -> tuple[Row, ...]:
    source = "Insights into DeepSeek-V3 (arXiv 2505.09343), table 1"
    known = (
        ("DeepSeek-V3 and R1", PRESETS["deepseek-v3"], 70_272, "(512 + 64) x 61 layers x 2 bytes"),
        ("Qwen2.5-72B", SHAPES["qwen2.5-72b"], 327_680, "2 x 8 heads x 128 x 80 layers x 2 bytes"),
        ("Llama-3.1-405B", SHAPES["llama-3.1-405b"], 516_096, "2 x 8 heads x 128 x 126 layers x 2 bytes"),
    )
    return tuple(
        identity(f"cache of {name}", bytes_, kv_bytes_per_token(config), "bytes a token", how).sourced(source)
        for name, config, bytes_, how in known
    )


def _pretraining() -> tuple[Row, ...]:
    days = 180e3 / 2048 / 24
    return (
        identity(
            "H800 hours of pretraining", 2664e3, 14.8 * 180e3, "hours", "14.8 T tokens x 180K hours"
        ).sourced(_V3),
        identity(
            "H800 hours in all",
            2788e3,
            2664e3 + 119e3 + 5e3,
            "hours",
            "2,664K + 119K context + 5K post-training",
        ).sourced(_V3),
        identity("cost of DeepSeek-V3", 5.576e6, 2788e3 * 2, "dollars", "2,788K hours x $2").sourced(_V3),
        identity("days for a trillion tokens", 3.7, days, "days", "180K hours / 2,048 GPUs / 24").sourced(
            "DeepSeek-V3 (arXiv 2412.19437), section 1", 0.05
        ),
        identity(
            "days of pretraining", 55, 14.8 * days, "days", "14.8 x 180K hours / 2,048 GPUs / 24"
        ).sourced(
            "widely reported: 14.8 x 3.7 days; the paper says less than two months",
            1.0,
            "54.2 days from the hours; 54.8 where the 3.7 days are taken as exact",
        ),
    )


def _reinforcement() -> tuple[Row, ...]:
    zero, second = 512 * 198, 512 * 80
    return (
        identity("H800 hours of R1-Zero", 101e3, zero, "hours", "64 x 8 GPUs x 198 hours").sourced(_R1, 500),
        identity("H800 hours of R1", 41e3, second, "hours", "64 x 8 GPUs x 80 hours").sourced(_R1, 500),
        identity("H800 hours in all", 147e3, zero + 5e3 + second, "hours", "R1-Zero + 5K data + R1").sourced(
            _R1, 500
        ),
        identity("cost of R1 beside its base", 294e3, 147e3 * 2, "dollars", "147K hours x $2").sourced(_R1),
    )


def _service() -> tuple[Row, ...]:
    cost = 226.75 * 8 * 24 * 2
    price = list_price("deepseek-r1")
    revenue = tokens_cost(price, hit=342e9, miss=266e9, output=168e9)
    return (
        identity("cost of a day", 87_072, cost, "dollars", "226.75 nodes x 8 GPUs x 24 hours x $2").sourced(
            _DAY6
        ),
        identity(
            "revenue of a day at R1's list prices",
            562_027,
            revenue,
            "dollars",
            "342 G x $0.14/M + 266 G x $0.55/M + 168 G x $2.19/M",
        ).sourced(_DAY6, 0.5e9 * 0.55e-6 + 0.5e9 * 2.19e-6, "the tokens are published in whole billions"),
        identity("margin on cost", 545, 100 * (revenue / cost - 1), "%", "revenue / cost - 1").sourced(
            _DAY6, 1.0
        ),
        identity("input found in the cache", 56.3, 100 * 342 / 608, "%", "342 G / 608 G").sourced(_DAY6, 0.1),
    )


def _others() -> tuple[Row, ...]:
    config = SHAPES["llama-3.1-405b"]
    flops = 6 * count_params(config).total * 15.6e12
    energy = 30.84e6 * 0.7 / 1e6
    logits = logits_bytes(151_936, 8 * 8192, copies=1)
    return (
        identity(
            "operations of Llama-3.1-405B", 3.8e25, flops, "operations", "6 x parameters x 15.6 T tokens"
        ).sourced("Llama 3 (arXiv 2407.21783), section 3.2.1", 0.05e25),
        identity("energy of its GPUs at rated power", 21.6, energy, "GWh", "30.84M hours x 700 W").sourced(
            _LLAMA, 0.05
        ),
        identity(
            "logits of 8 rows of 8,192 tokens for a vocabulary of 151,936",
            39.8e9,
            logits,
            "bytes",
            "8 x 8,192 x 151,936 x 4 bytes",
        ).sourced("measured with Qwen2.5 in fp32", 0.05e9),
    )
