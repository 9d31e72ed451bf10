"""What the plan assumes where arithmetic ends: one table for every answer and every forecast.

None of these numbers belongs to one row of `thinkling plan reproduce`: they come from measurements of other
systems, which their sources name, and they apply to all rows alike. The ranges are ours: about as far as the
public measurements lie apart.
"""

from __future__ import annotations

from collections.abc import Iterable

from thinkling.errors import ConfigError
from thinkling.plan.estimate import Assumption

_LISTED = (
    Assumption(
        "training utilisation",
        0.36,
        0.43,
        0.50,
        "share of the dense BF16 peak that a tuned dense model uses while it trains, attention counted",
        "MegaScale 0.55 (arXiv 2402.15627), Nemotron-4 340B 0.41 to 0.42 (2406.11704), torchtitan 0.34 to "
        "0.39 (Llama 3 8B, 2024-12), BLOOM 0.36 (2211.05100: 150 TFLOP/s, which its hours say counts "
        "recomputation, so 3/4 of it); OPT-175B up to 0.47 (2205.01068), recomputation counted or not",
    ),
    Assumption(
        "goodput",
        0.85,
        0.92,
        0.97,
        "share of rented time that trains: the rest is failures, restarts, checkpoints, evaluation",
        "over 0.90 at 16,384 GPUs (arXiv 2407.21783, section 3.3.4) and at 12,288 (2402.15627)",
    ),
    Assumption(
        "fp8 gain",
        1.18,
        1.28,
        1.39,
        "how much faster a training step is with FP8 products than with BF16",
        "torchtitan, Llama 3 8B on 8 H100: 8,532 against 6,667 tokens/s (2024-12)",
    ),
    Assumption(
        "expert share",
        0.70,
        0.79,
        0.89,
        "utilisation with many small experts spread over devices, as a share of that without",
        "MoE Parallel Folding: 39.0 % with 64 small experts against 49.3 % with 8 large ones, none dense "
        "(arXiv 2504.14960); nanochat: 35 % against 46 % dense (2026-02)",
    ),
    Assumption(
        "bandwidth share",
        0.55,
        0.70,
        0.85,
        "share of the data sheet's memory bandwidth that reading weights and cache gets",
        "gpt-fast on an A100 held to 330 W: 1,397 of 2,039 GB/s; llama.cpp on an EPYC 9554: 56 to 65 %; "
        "FlashMLA: 3,000 of 3,350",
    ),
    Assumption(
        "measured bandwidth share",
        0.55,
        0.75,
        0.95,
        "the same where the bandwidth was measured and not read off a data sheet",
        "llama.cpp on two cores: 80 to 91 % of a measured 42 GB/s; stock operators 47 to 65 %",
    ),
    Assumption(
        "prefill share",
        0.40,
        0.55,
        0.70,
        "share of the peak of its precision that long products get in a forward pass",
        "DeepGEMM 1,350 of 1,979 TFLOP/s in FP8; transformers on two cores 59 % of a measured product",
    ),
    Assumption(
        "measured arithmetic share",
        1.0,
        2.5,
        5.0,
        "speed of a model's products as a multiple of a product of numpy's BLAS in fp32",
        "this engine on two cores: 440 GFLOP/s in fp32 and 800 in BF16, where numpy has 130 to 200",
    ),
    Assumption(
        "layer latency on one device",
        10e-6,
        25e-6,
        60e-6,
        "seconds a layer takes in a decoding step beside reading memory: launches",
        "gpt-fast, Llama-2-7B on an A100 (32 layers): beside reading 9 microseconds a layer in "
        "BF16, 80 in int4",
    ),
    Assumption(
        "layer latency on a processor",
        0.1e-3,
        0.3e-3,
        0.5e-3,
        "the same where a processor computes: about fifteen operators a layer",
        "this engine on two cores, 2 to 16 tiny dense layers: 0.4 ms a layer, 0.3 ms a step beside them",
    ),
    Assumption(
        "expert layer latency on a processor",
        0.5e-3,
        0.9e-3,
        1.3e-3,
        "the same with latent attention and experts",
        "this engine on two cores, 2 to 16 tiny layers of DeepSeek-V3's architecture: 0.9 ms a layer",
    ),
    Assumption(
        "layer latency over devices",
        50e-6,
        70e-6,
        120e-6,
        "the same where a dense layer is cut over devices: two all-reduces",
        "gpt-fast, Llama-2-7B over 8 A100: 3.05 ms a step of which 0.8 ms are reading, 32 layers",
    ),
    Assumption(
        "expert layer latency over devices",
        0.40e-3,
        0.50e-3,
        0.60e-3,
        "the same where experts are spread over devices: routing, dispatch, many small products, combine",
        "SGLang 0.4.1.post2, DeepSeek-V3 on 8 GPUs: 30.3, 206 and 761 tokens/s for 1, 8 and 32 requests, "
        "that is 33 to 42 ms a step (pull request 2643, 2024-12-29); DeepEP alone 0.48 to 0.55 ms a layer "
        "(2025-02), later 0.19 over 8 devices",
    ),
    Assumption(
        "speculation gain",
        1.5,
        1.8,
        1.9,
        "tokens a step where a multi-token prediction module guesses one ahead",
        "DeepSeek-V3: 85 to 90 % accepted, 1.8 times the tokens per second (arXiv 2412.19437, section 5.4.3)",
    ),
    Assumption(
        "length spread",
        0.6,
        0.8,
        1.0,
        "standard deviation of the logarithm of answer lengths (log-normal, cut at the limit)",
        "our assumption; with thousands of answers a step the longest reaches the limit either way",
    ),
    Assumption(
        "mean length factor",
        0.7,
        1.0,
        1.3,
        "mean length of answers over a run as a multiple of what was entered",
        "our assumption: the mean is known only afterwards, or read off a plot",
    ),
    Assumption(
        "moving rate",
        2e9,
        5e9,
        15e9,
        "bytes a second with which a device moves weights and optimizer between sampler, trainer and host",
        "verl: 4 to 16 s for the weights of a 30B model between 16 and 16 GPUs; PCIe 4 gives 25 GB/s at best",
    ),
    Assumption(
        "runtime bytes",
        0.4e9,
        0.8e9,
        1.5e9,
        "bytes a device loses to its driver context, library workspaces and fragments",
        "our reading of nvidia-smi beside torch.cuda.memory_reserved; vLLM sets aside 10 % by default",
    ),
    Assumption(
        "node power factor",
        1.6,
        1.82,
        2.0,
        "power of a node with all in it as a multiple of its accelerators' rated power",
        "Epoch AI, training cost model: H100 1.82, A100 2.03 (2024); of frontier data centers 1.53 x 1.14 "
        "(2025-12)",
    ),
    Assumption(
        "power draw",
        0.65,
        0.75,
        0.90,
        "average power as a share of the rated power",
        "Epoch AI, training cost model (2024)",
    ),
    Assumption(
        "building factor",
        1.08,
        1.2,
        1.4,
        "power of the building as a multiple of that of its nodes (PUE)",
        "Epoch AI: 1.1 for the largest operators, 1.25 for others (2024), 1.4 at peak (2025-12)",
    ),
)

ASSUMPTIONS: dict[str, Assumption] = {one.name: one for one in _LISTED}


def assumptions_named(names: Iterable[str]) -> tuple[Assumption, ...]:
    """Those of that name, in that order. Raises KeyError."""
    return tuple(ASSUMPTIONS[name] for name in names)


def changed(assumption: Assumption, expected: float) -> Assumption:
    """The same with a number of the user's, which is then taken as exact. Raises ConfigError for zero."""
    if expected <= 0:
        raise ConfigError(f"{assumption.name} is {expected:g}.", "give a number above zero")
    return Assumption(assumption.name, expected, expected, expected, assumption.meaning, "given by you")
