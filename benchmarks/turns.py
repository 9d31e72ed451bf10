"""Seconds to the first token of each turn of a long chat, with and without reading ahead.

    python benchmarks/turns.py [--folder FOLDER] [--quantization int8] [--answer 300] [--question 24] [--json]

R1-Distill-Qwen-1.5B's shape with random weights. Chat templates leave old reasoning out, so that after every
answer the history is a new text: without reading ahead the next turn begins with reading the last answer
again. Answers are given texts and not generated, since only reading is measured; the cache remembers what it
has read in earlier turns in both cases.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from pathlib import Path
from random import Random
from typing import Any

from inference import SHAPE, THREADS, write_model

from thinkling.llm import LLM
from thinkling.records import Message
from thinkling.weights.folder import BUNDLED

NUM_TURNS = 8


def complete(folder: Path) -> None:
    """The model, with the bundled tokenizer and template."""
    if not (folder / "model.safetensors").exists():
        write_model(folder)
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "special_tokens_map.json"):
        shutil.copyfile(BUNDLED / name, folder / name)


def text_of(llm: LLM, num_tokens: int, random: Random) -> str:
    """Words that are about so many tokens."""
    words = []
    while len(llm.tokenizer.encode_plain(" ".join(words))) < num_tokens:
        words.append(random.choice(("apple", "seven", "river", "number", "blue", "because", "twelve")))
    return " ".join(words)


def first_tokens(llm: LLM, answer: int, question: int, *, is_reading_ahead: bool) -> list[float]:
    """Seconds to the first token of each turn."""
    random = Random(f"{answer} {question} {is_reading_ahead}")
    messages: list[Message] = []
    seconds = []
    for _ in range(NUM_TURNS):
        messages.append(Message("user", text_of(llm, question, random)))
        reply = llm.chat(messages, max_tokens=1, seed=0)
        seconds.append(reply.timings.first_token_s)
        reasoning = text_of(llm, 2 * answer, random)
        messages.append(Message("assistant", text_of(llm, answer, random), reasoning))
        if is_reading_ahead:
            llm.read_ahead(messages)
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--folder", type=Path, help="Where the model lies, or is to be written and kept.")
    parser.add_argument("--quantization", default="int8")
    parser.add_argument("--answer", type=int, default=300, help="Tokens of an answer, its reasoning aside.")
    parser.add_argument("--question", type=int, default=24)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found: dict[str, Any] = {"shape": SHAPE, "quantization": options.quantization}
    with tempfile.TemporaryDirectory() as name:
        folder = options.folder or Path(name)
        complete(folder)
        llm = LLM(folder, quantization=options.quantization, threads=THREADS)
        llm.chat([Message("user", "warm up")], max_tokens=2)
        for key, is_reading_ahead in (("plain", False), ("ahead", True)):
            found[key] = first_tokens(
                llm, options.answer, options.question, is_reading_ahead=is_reading_ahead
            )
    if options.json:
        print(json.dumps(found, indent=1))
        return
    print("| turn | " + " | ".join(str(turn) for turn in range(1, NUM_TURNS + 1)) + " |")
    print("|---" * (NUM_TURNS + 1) + "|")
    for key, label in (("plain", "without reading ahead, s"), ("ahead", "with, s")):
        print(f"| {label} | " + " | ".join(f"{one:.2f}" for one in found[key]) + " |")
    print(f"turn {NUM_TURNS}: {found['ahead'][-1] / found['plain'][-1]:.2f} of the time without")


if __name__ == "__main__":
    main()
