"""Reading and writing speed on R1-Distill-Qwen-1.5B's shape: thinkling, transformers, llama.cpp.

    pip install llama-cpp-python gguf transformers     (the first one is compiled for this machine)
    python benchmarks/inference.py [--folder FOLDER] [--side thinkling-int8 ...] [--rounds 2] [--json]

Weights are random, the same ones for everybody, and every matrix is in the stated format, the output head
included. Each side runs in a process of its own with two threads, and the sides take turns: a prompt of 512
tokens, one answer after it, then 8 and 16 answers after prompts of 32 tokens each. Medians; every token is
the likeliest one. "share" is the part of this machine's memory bandwidth that one answer's weights take.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

SHAPE = "r1-distill-qwen-1.5b"
THREADS, LONG, SHORT, NEW_TOKENS = 2, 512, 32, 12
BATCHES = (8, 16)
BITS = {"bf16": 16, "int8": 8, "int4": 4.5, "BF16": 16, "Q8_0": 8.5, "Q4_0": 4.5}
SIDES = (
    *("thinkling-bf16", "thinkling-int8", "thinkling-int4"),
    *("transformers-bf16", "llama.cpp-BF16", "llama.cpp-Q8_0", "llama.cpp-Q4_0"),
)
PAIRS = (
    ("thinkling-bf16", "transformers-bf16"),
    ("thinkling-bf16", "llama.cpp-BF16"),
    ("thinkling-int8", "llama.cpp-Q8_0"),
    ("thinkling-int4", "llama.cpp-Q4_0"),
)
GGUF_NAMES = {
    "model.embed_tokens": "token_embd",
    "model.norm": "output_norm",
    "lm_head": "output",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}

Read = Callable[[list[list[int]]], None]
Write = Callable[[], None]


def write_model(folder: Path) -> None:
    """Random weights in the released layout, 3.6 GB."""
    import torch

    from thinkling.models.families import family_of
    from thinkling.models.presets import preset_named
    from thinkling.models.transformer import Transformer
    from thinkling.weights.write import Planned, write_json, write_shards

    config = preset_named(SHAPE)
    family = family_of(config)
    with torch.device("meta"):
        tensors = dict(Transformer(config).named_parameters())
    planned = {}
    for name, place in family.places(config).items():
        tensor = tensors[place.name]
        shape = (tensor[place.index] if place.index else tensor).shape
        planned[name] = Planned(tuple(shape), torch.bfloat16)
    generator = torch.Generator().manual_seed(0)

    def drawn(name: str) -> torch.Tensor:
        tensor = torch.empty(planned[name].shape, dtype=torch.bfloat16)
        return tensor.fill_(1.0) if "norm" in name else tensor.normal_(0, 0.02, generator=generator)

    folder.mkdir(parents=True, exist_ok=True)
    write_shards(planned, drawn, folder, 4 * 2**30)
    outer = {"architectures": [family.architecture], "model_type": family.model_type}
    write_json(folder / "config.json", outer | family.write_config(config) | {"torch_dtype": "bfloat16"})


def write_gguf(folder: Path, kind: str) -> Path:
    """The same weights for llama.cpp, without a vocabulary; written once."""
    import gguf
    import torch
    from safetensors import safe_open

    path = folder / f"model-{kind}.gguf"
    if path.exists():
        return path
    config = json.loads((folder / "config.json").read_text())
    writer = gguf.GGUFWriter(path.with_suffix(".part"), "qwen2")
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(config["rope_theta"])
    writer.add_vocab_size(config["vocab_size"])
    writer.add_tokenizer_model("none")
    writer.add_file_type(gguf.LlamaFileType[f"MOSTLY_{kind}"])
    quant = gguf.GGMLQuantizationType[kind]
    with safe_open(folder / "model.safetensors", "pt") as stored:
        for name in stored.keys():  # noqa: SIM118
            tensor = stored.get_tensor(name).to(torch.float32).numpy()
            where, _, what = name.rpartition(".")
            *_, layer, rest = where.split(".", 3) if where.startswith("model.layers") else ("", where)
            new = f"blk.{layer}.{GGUF_NAMES[rest]}.{what}" if layer else f"{GGUF_NAMES[rest]}.{what}"
            is_matrix = tensor.ndim == 2
            data = gguf.quants.quantize(tensor, quant) if is_matrix else tensor
            writer.add_tensor(new, data, raw_dtype=quant if is_matrix else None)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    path.with_suffix(".part").rename(path)
    return path


def thinkling_side(folder: Path, kind: str) -> tuple[Read, Write]:
    """The engine as `LLM` uses it, guessing ahead switched off."""
    import torch

    from thinkling.engine.engine import Engine
    from thinkling.models.fuse import fuse
    from thinkling.records import SamplingParams
    from thinkling.weights.read import load_model
    from thinkling.weights.settings import chosen_quantization

    torch.set_num_threads(THREADS)
    dtype, asked = (torch.bfloat16, None) if kind == "bf16" else (None, kind)
    how = chosen_quantization(asked, folder, dtype or torch.float32, torch.device("cpu"))
    model = load_model(folder, dtype, quantization=how)
    fuse(model)
    engine = Engine(model, (), max_length=2 * LONG, cache_bytes=2**30, is_drafting=False)
    running: list[int] = []

    def read(prompts: list[list[int]]) -> None:
        while running:
            engine.abort(running.pop())
        engine.scheduler.pages.forget_all()
        for prompt in prompts:
            params = SamplingParams(max_tokens=LONG - 1, temperature=0.0)
            running.append(engine.add(tuple(prompt), params, seed=0))
        engine.step()
        while engine.scheduler.reading or engine.scheduler.has_waiting:
            engine.step()

    def write() -> None:
        engine.step()

    return read, write


def transformers_side(folder: Path, kind: str) -> tuple[Read, Write]:
    """The bare model and its cache: faster than `generate`."""
    import torch
    from transformers import AutoModelForCausalLM

    torch.set_num_threads(THREADS)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16).eval()
    state: dict[str, Any] = {}

    @torch.inference_mode()
    def forward(ids: Any, past: Any) -> None:
        out = model(input_ids=ids, past_key_values=past, use_cache=True, logits_to_keep=1)
        state.update(past=out.past_key_values, ids=out.logits[:, -1].argmax(-1, keepdim=True))

    def read(prompts: list[list[int]]) -> None:
        state.clear()
        forward(torch.tensor(prompts), None)

    return read, lambda: forward(state["ids"], state["past"])


def llama_side(folder: Path, kind: str) -> tuple[Read, Write]:
    """llama.cpp's own batches, without Python's sampler: the likeliest token is found with NumPy."""
    import llama_cpp
    import numpy as np

    vocab = json.loads((folder / "config.json").read_text())["vocab_size"]
    llama_cpp.llama_backend_init()
    path = write_gguf(folder, kind)
    model = llama_cpp.llama_model_load_from_file(str(path).encode(), llama_cpp.llama_model_default_params())
    settings = llama_cpp.llama_context_default_params()
    settings.n_ctx, settings.n_batch, settings.n_ubatch = 16 * 256 + 2 * LONG, LONG, LONG
    settings.n_seq_max = max(BATCHES)
    settings.kv_unified = True
    settings.n_threads = settings.n_threads_batch = THREADS
    context = llama_cpp.llama_init_from_model(model, settings)
    batch = llama_cpp.llama_batch_init(LONG, 0, 1)
    state: dict[str, Any] = {}

    def decode(tokens: list[tuple[int, int, int, bool]]) -> None:
        for i, (token, position, sequence, is_asked) in enumerate(tokens):
            batch.token[i], batch.pos[i], batch.logits[i] = token, position, is_asked
            batch.n_seq_id[i] = 1
            batch.seq_id[i][0] = sequence
        batch.n_tokens = len(tokens)
        if llama_cpp.llama_decode(context, batch):
            raise SystemExit("llama.cpp refused a batch.")
        asked = [i for i, one in enumerate(tokens) if one[3]]
        found = [
            np.ctypeslib.as_array(llama_cpp.llama_get_logits_ith(context, i), (vocab,)).argmax()
            for i in asked
        ]
        state["ids"] = [int(one) for one in found]

    def read(prompts: list[list[int]]) -> None:
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(context), True)
        decode(
            [
                (token, position, sequence, position == len(prompt) - 1)
                for sequence, prompt in enumerate(prompts)
                for position, token in enumerate(prompt)
            ]
        )
        state["position"] = len(prompts[0])

    def write() -> None:
        decode([(token, state["position"], i, True) for i, token in enumerate(state["ids"])])
        state["position"] += 1

    return read, write


def measure(folder: Path, side: str) -> dict[str, Any]:
    """Tokens a second of one side, and its memory at the end in GB."""
    engine, kind = side.rsplit("-", 1)
    make = {"thinkling": thinkling_side, "transformers": transformers_side, "llama.cpp": llama_side}[engine]
    start = time.perf_counter()
    read, write = make(folder, kind)
    found: dict[str, Any] = {"load_s": time.perf_counter() - start}
    read(_prompts(1, SHORT))
    found["read"] = LONG / _seconds(lambda: read(_prompts(1, LONG)), 4)
    found["1"] = 1 / _seconds(write, NEW_TOKENS)
    for size in BATCHES:
        read(_prompts(size, SHORT))
        found[str(size)] = size / _seconds(write, NEW_TOKENS)
    found["memory_gb"] = _resident_gb()
    return found


def _prompts(count: int, length: int) -> list[list[int]]:
    random = Random(count * length)
    return [[random.randrange(100_000) for _ in range(length)] for _ in range(count)]


def _seconds(work: Callable[[], object], count: int) -> float:
    """Median of several runs, after one that is not counted if there are more than a few."""
    times = []
    for _ in range(count):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:] if count > 3 else times)


def _resident_gb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e9


def run_side(folder: Path, side: str) -> dict[str, Any]:
    """One side in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--folder", str(folder), "--only", side],
        capture_output=True,
        text=True,
        timeout=3000,
        check=False,
        env=os.environ | {"OMP_NUM_THREADS": str(THREADS)},
    )
    if done.returncode:
        raise SystemExit(f"{side}: {done.stderr[-3000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def report(found: dict[str, dict[str, float]], num_weights: float, bandwidth: float) -> list[str]:
    """A table, then the ratios."""
    lines = [
        "| engine | weights | load, s | prompt of 512 | 1 answer | share | 8 answers | 16 answers | GB |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for side, one in found.items():
        engine, kind = side.rsplit("-", 1)
        share = num_weights * BITS[kind] / 8 * one["1"] / 1e9 / bandwidth
        lines.append(
            f"| {engine} | {kind} | {one['load_s']:.0f} | {one['read']:.0f} | {one['1']:.1f} | {share:.0%} | "
            f"{one['8']:.0f} | {one['16']:.0f} | {one['memory_gb']:.1f} |"
        )
    for ours, theirs in PAIRS:
        if ours in found and theirs in found:
            parts = [f"{key} {found[ours][key] / found[theirs][key]:.2f}" for key in ("read", "1", "8", "16")]
            lines.append(f"{ours} / {theirs}: {', '.join(parts)}")
    return lines


def medians(rounds: Sequence[dict[str, dict[str, float]]]) -> dict[str, dict[str, float]]:
    """Of each figure over the rounds."""
    return {
        side: {key: statistics.median(one[side][key] for one in rounds) for key in rounds[0][side]}
        for side in rounds[0]
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--folder", type=Path, help="Where the model lies, or is to be written and kept.")
    parser.add_argument("--side", action="append", choices=SIDES)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        print(json.dumps(measure(options.folder, options.only)))
        return
    from thinkling.cli.machine import memory_bandwidth
    from thinkling.models.presets import preset_named
    from thinkling.plan.count import count_params

    with tempfile.TemporaryDirectory() as name:
        folder = options.folder or Path(name)
        if not (folder / "model.safetensors").exists():
            write_model(folder)
        sides = options.side or SIDES
        for side in sides:
            if side.startswith("llama"):
                write_gguf(folder, side.rsplit("-", 1)[1])
        rounds = [{side: run_side(folder, side) for side in sides} for _ in range(options.rounds)]
    config = preset_named(SHAPE)
    read_weights = count_params(config).total - config.vocab_size * config.width  # the embedding is looked up
    found = medians(rounds)
    if options.json:
        print(json.dumps(found, indent=1))
    else:
        print("\n".join(report(found, read_weights, memory_bandwidth())))


if __name__ == "__main__":
    main()
