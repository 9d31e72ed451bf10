"""Figures that are disputed, popular or missed: what they mean, and what the arithmetic says.

Among them are published hours that the forecasts' assumptions miss. They are here so that nobody takes the
other rows for all there are.
"""

from __future__ import annotations

from dataclasses import replace

from thinkling.models.presets import PRESETS
from thinkling.plan.assumptions import ASSUMPTIONS
from thinkling.plan.count import count_params
from thinkling.plan.estimate import expected_values
from thinkling.plan.forecasts import R1_ZERO, PretrainingRun, pretraining_row
from thinkling.plan.hardware import DEVICES
from thinkling.plan.price import list_price, tokens_cost
from thinkling.plan.reinforce import Reinforcement, phase_of, reinforcement_hours
from thinkling.plan.rows import Row, identity

_R1 = "DeepSeek-R1 (arXiv 2501.12948 v2), table 7"
_LLAMA_3 = "Llama 3.1 model card (2024-07-23)"
_TOTAL = (
    "The card says total GPU time, not what is in it; if that is more than pretraining, it weighs most "
    "for a small model. The hours of 405B, which are forecast, are from the same card."
)

MISSED = (
    (
        PretrainingRun("llama-3.1-8b", "h100", 15e12, 8192, 1.46e6, _LLAMA_3),
        f"15 % of the peak would give the hours. {_TOTAL}",
    ),
    (
        PretrainingRun("llama-3.1-70b", "h100", 15e12, 8192, 7.0e6, _LLAMA_3),
        f"27 % of the peak would give the hours. {_TOTAL}",
    ),
    (
        PretrainingRun("llama-65b", "a100", 1.4e12, 2048, 1_022_362, "LLaMA (arXiv 2302.13971), table 15"),
        "48 % of the peak, goodput counted: better than the range allows.",
    ),
    (
        PretrainingRun("llama-13b", "a100", 1e12, 2048, 135_168, "LLaMA (arXiv 2302.13971), table 15"),
        "53 % of the peak, goodput counted: better than the range allows.",
    ),
)


def disputed() -> tuple[Row, ...]:
    """Every figure that needs an explanation."""
    missed = tuple(replace(pretraining_row(run), explanation=f"Missed. {why}") for run, why in MISSED)
    return (*_prices(), *_sizes(), *_hours(), *missed, _open_source_step())


def _prices() -> tuple[Row, ...]:
    ours, theirs = list_price("deepseek-r1"), list_price("o1")
    cheaper = 100 * (1 - ours.output / theirs.output)
    margin = 100 * (tokens_cost(ours, hit=342e9, miss=266e9, output=168e9) / 87_072 - 1)
    return (
        identity("how much cheaper R1 is than o1", 93, cheaper, "%", "1 - $2.19 / $60.00, output").sourced(
            "popular, nobody's calculation was found; list prices of January 2025",
            0.5,
            "List prices give 96.3 % for input ($0.55 of $15.00) and 96.35 for output. Beside o1's batch "
            "price, half of the list price, it would be 92.7 %: our guess at the 93, unverified. Neither "
            "says anything of cost.",
        ),
        identity(
            "cost of making R1", 6e6, 5.576e6 + 294e3, "dollars", "$5.576M for V3 + $294K for R1"
        ).sourced(
            "popular: six million dollars",
            0.2e6,
            "Rent of the final runs at $2 an hour. Research, failed runs, data and people are in "
            "neither sum, as the papers say.",
        ),
        identity(
            "margin of DeepSeek's service", 545, margin, "%", "revenue at R1's list prices / cost - 1"
        ).sourced(
            "deepseek-ai/open-infra-index, day 6 (2025-03-01)",
            1.0,
            "Theoretical, as its source says: V3 is cheaper, the web page and the app are free, "
            "nights were discounted.",
        ),
    )


def _sizes() -> tuple[Row, ...]:
    count = count_params(PRESETS["deepseek-v3"])
    embedding = next(part.active for part in count.parts if part.name == "embedding")
    fp8_share = 100 * 6 * count.active * 14.8e12 / (2.664e6 * 3600 * 1979e12)
    return (
        identity("GPUs of R1's runs", 648, 64 * 8, "GPUs", "64 nodes x 8").sourced(
            "press reports",
            0.0,
            "A misreading of 64*8: 648 GPUs x 198 hours would be 128,304 hours, and 101,376 were published.",
        ),
        identity(
            "active parameters", 36.7e9, count.active - embedding, "parameters", "active - embedding"
        ).sourced(
            "DeepSeek-V3 README_WEIGHTS (2024-12)",
            0.1e9,
            "37.6B with the embedding, of which a token only looks up a row; 36.6B without; 35.7B "
            "without the head too. "
            "The paper's 37B is either.",
        ),
        identity(
            "share of the peak in V3's pretraining",
            39,
            fp8_share,
            "%",
            "6 x 37.6B x 14.8 T / (2.664M hours x 1,979 TFLOP/s)",
        ).sourced(
            "reports between 17 and 44 %",
            0.5,
            "The same hours: 17.6 % of the FP8 peak by 6 N D, 35 % of the BF16 peak, 39 % with "
            "causal attention, 44 % with all of it.",
        ),
    )


def _hours() -> tuple[Row, ...]:
    config, device = PRESETS["deepseek-r1"], DEVICES["h800"]
    last = replace(R1_ZERO[0], phases=1700 / 16, mean_length=8000)
    phase = phase_of(config, device, last, expected_values(ASSUMPTIONS.values()))
    known = reinforcement_hours(config, device, (last,))
    steps = 16 * 80 * 3600 / phase.seconds
    return (
        Row(
            "H800 hours of R1's two RL stages",
            512 * 80,
            known.range,
            "hours",
            known.formula,
            _R1,
            inputs=known.inputs,
            explanation="No forecast: only the 1,700 steps of the last stage are published, which is "
            "what is computed here. "
            f"80 hours are about {steps:,.0f} steps of 16 to a phase.",
        ),
        identity("hours of R1's RL", 96, 41e3 / 512, "hours", "the table's 41K hours / 512 GPUs").sourced(
            _R1, 0.0, "The text says about four days, the table 80 hours; the costs follow the table."
        ),
    )


def _open_source_step() -> Row:
    run = Reinforcement(768, 1, 1960, 9632, 96)
    seconds = reinforcement_hours(PRESETS["deepseek-v3"], DEVICES["h20"], (run,))
    return Row(
        "a GRPO step of verl on DeepSeek-V3, 96 H20",
        1700,
        seconds.range.times(3600 / 96),
        "seconds",
        seconds.formula,
        "verl docs/perf/dpsk.md (2025-08-20) and its script: 96 problems x 8 answers, mean "
        "1,960 tokens, limit 9,632",
        inputs=seconds.inputs,
        explanation="Missed: it samples without CUDA graphs, keeps weights and optimizer in host memory "
        "and computes every "
        "forward pass twice (1,050 s of rollout, 19 % utilisation). The forecast is for "
        "software that does not.",
    )
