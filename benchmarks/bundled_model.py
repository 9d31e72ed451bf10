"""What the bundled model can do: what visitors ask, unseen ways to ask it, and every kind of problem.

    python benchmarks/bundled_model.py [--model FOLDER] [--problems 256] [--primer FOLDER] [--json]
    python benchmarks/bundled_model.py --markdown FILE     (the tables of the model card, from such a JSON)

Questions that visitors like are asked as they are. Then 200 paraphrases of each, with operands that were
never trained on and in wordings that the tasks do not draw (checked against many draws): some by people who
know how the tasks ask, some by one who does not. Then held-out problems of every kind and language,
greedily, with thinking as the model likes and without thinking. Then chats: question after question, of any
kind, each with the model's own earlier answers before it, as far as the context has room. Intervals are
Wilson's, 95 %.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Sequence
from pathlib import Path
from random import Random
from statistics import fmean
from typing import Any

import numpy as np

from thinkling.data.shards import open_shards
from thinkling.llm import LLM
from thinkling.records import Message, Problem, SamplingParams, Thinking
from thinkling.tasks.passrate import wilson_interval
from thinkling.tasks.registry import TASKS, task_named
from thinkling.tasks.split import is_held_out, sample_problems, sample_training
from thinkling.tasks.words import WORDS, pseudo_word
from thinkling.text.thinking import split_answer
from thinkling.text.tokenizer import Tokenizer

VISITORS = (
    ("What's 12 times 14?", Problem("multiply", "What's 12 times 14?", "168", "multiply:12x14")),
    ("What's 2+2?", Problem("sums", "What's 2+2?", "4", "sums:2+2")),
    (
        "How many r's are in strawberry?",
        Problem("letters", "How many r's are in strawberry?", "3", "letters:r:strawberry"),
    ),
    (
        "Which is larger, 9.11 or 9.9?",
        Problem("compare", "Which is larger, 9.11 or 9.9?", "9.9", "compare:9.11,9.9"),
    ),
    ("Hello! How are you?", None),
)

PARAPHRASES: dict[str, dict[str, list[str]]] = json.loads(
    Path(__file__).with_name("paraphrases.json").read_text(encoding="utf-8")
)
"""By who wrote them: "ours" know how the tasks ask, and "strangers" do not."""
REASONING_KINDS = tuple(kind for kind in TASKS if kind not in ("greetings", "facts"))
NUM_PARAPHRASES, NUM_DRAWS = 200, 40_000
NUM_CHATS, NUM_TURNS = 256, 8
_OPERAND = re.compile(r"\d+(?:\.\d+)?")


def shape(question: str, words: Sequence[str] = ()) -> str:
    """A question without its operands: two of one shape are one wording."""
    for word in sorted(words, key=len, reverse=True):
        question = re.sub(rf"\b{re.escape(word)}(?=\b|s\b)", "#", question)
    return re.sub(r"\W+", " ", _OPERAND.sub("#", question.lower())).strip()


def paraphrases(kind: str, wordings: Sequence[str], random: Random) -> list[Problem]:
    """Held-out operands in wordings that the task does not draw. Raises SystemExit where one is drawn."""
    _refuse_known_wordings(kind, wordings)
    found = []
    while len(found) < NUM_PARAPHRASES:
        text, key, answer = _operands(kind, random)
        if is_held_out(key):
            template = wordings[len(found) % len(wordings)]
            found.append(Problem(kind, template.format(**text), answer, key, level=1))
    return found


def _operands(kind: str, random: Random) -> tuple[dict[str, str], str, str]:
    if kind == "letters":
        word = random.choice(WORDS) if random.random() < 0.5 else pseudo_word(random)
        letter = random.choice(word)
        return {"c": letter, "w": word}, f"letters:{letter}:{word}", str(word.count(letter))
    if kind == "compare":
        problem = TASKS["compare"].sample(random, 3)
        a, b = problem.key.removeprefix("compare:").split(",")
        if random.random() < 0.5:
            a, b = b, a
        return {"a": a, "b": b}, problem.key, str(max(a, b, key=float))
    if kind == "sums":
        a, b = random.randint(0, 9), random.randint(0, 9)
        return {"a": str(a), "b": str(b)}, f"sums:{min(a, b)}+{max(a, b)}", str(a + b)
    a, b = random.randint(11, 99), random.randint(11, 99)
    return {"a": str(a), "b": str(b)}, f"multiply:{min(a, b)}x{max(a, b)}", str(a * b)


def _refuse_known_wordings(kind: str, wordings: Sequence[str]) -> None:
    random, task = Random(1), task_named(kind)
    known = set()
    for _ in range(NUM_DRAWS):
        problem = sample_training(task, random, random.choice(task.levels))
        known.add(shape(problem.question, problem.key.split(":")[1:] if kind == "letters" else ()))
    for template in wordings:
        text = shape(template.format(a="1", b="2", c="q", w="quartz"), ("q", "quartz"))
        if text in known:
            raise SystemExit(f"{kind}: the wording {template!r} is drawn by the task and so is not unseen.")


def share_right(
    llm: LLM,
    problems: Sequence[Problem],
    thinking: Thinking,
    max_tokens: int,
    chats: Sequence[list[Message]] | None = None,
) -> dict[str, Any]:
    """Greedy answers: the share of right ones with its interval, how many reasoned, tokens of an answer.

    `chats`: what was said before each question; question and answer are added.
    """
    chats = [[] for _ in problems] if chats is None else chats
    for chat, one in zip(chats, problems, strict=True):
        chat.append(Message("user", one.question))
    prompts = [_prompt_with_room(llm, chat, thinking, max_tokens) for chat in chats]
    done = llm.generate(prompts, SamplingParams(temperature=0.0, max_tokens=max_tokens, seed=0))
    right, reasoned = 0, 0
    for chat, problem, completion in zip(chats, problems, done, strict=True):
        starts_in = "content" if thinking == "off" else "undecided"
        reasoning, answer = split_answer(completion.text, starts_in)
        is_cut = completion.finish_reason == "length"
        right += not is_cut and task_named(problem.kind).check(problem, answer).is_correct
        reasoned += bool(reasoning.strip())
        chat.append(Message("assistant", answer, reasoning=reasoning))
    low, high = wilson_interval(right, len(problems))
    return {
        "right": right / len(problems),
        "low": low,
        "high": high,
        "reasoned": reasoned / len(problems),
        "tokens": sum(len(one.ids) for one in done) / len(done),
        "num_problems": len(problems),
    }


def _prompt_with_room(llm: LLM, chat: list[Message], thinking: Thinking, max_tokens: int) -> tuple[int, ...]:
    """The chat's ids; its oldest turns leave where the context has no room for the answer."""
    while True:
        ids = tuple(llm.template.prompt(llm.tokenizer, chat, thinking).ids)
        if len(ids) + max_tokens <= llm.engine.max_length or len(chat) <= 2:
            return ids
        del chat[:2]


def chat_turns(llm: LLM, max_tokens: int) -> dict[str, Any]:
    """What is right at each turn of chats in one language, of held-out problems of any kind."""
    random = Random("chats")
    pools = {
        language: [
            one
            for task in TASKS.values()
            if language in task.languages
            for one in sample_problems(task, NUM_CHATS, 1, held_out=True, language=language)
        ]
        for language in ("en", "zh")
    }
    pool_of_chat = [pools[language] for language in ("en", "zh") for _ in range(NUM_CHATS // 2)]
    chats: list[list[Message]] = [[] for _ in pool_of_chat]
    return {
        f"turn {turn}": share_right(
            llm, [random.choice(pool) for pool in pool_of_chat], "auto", max_tokens, chats
        )
        for turn in range(1, NUM_TURNS + 1)
    }


def measure(llm: LLM, num_problems: int, max_tokens: int) -> dict[str, Any]:
    """Everything, as one table of tables."""
    found: dict[str, Any] = {"visitors": {}, "paraphrases": {}, "kinds": {}, "means": {}}
    for question, _ in VISITORS:
        reply = llm.chat([{"role": "user", "content": question}], seed=0)
        found["visitors"][question] = {"reasoning": reply.reasoning, "content": reply.content}
    for author, kinds in PARAPHRASES.items():
        for kind, wordings in kinds.items():
            problems = paraphrases(kind, wordings, Random(f"{kind}/paraphrases"))
            found["paraphrases"][f"{kind} ({author})"] = share_right(llm, problems, "auto", max_tokens)
    for kind, task in TASKS.items():
        for language in task.languages:
            levels = [level for level in task.levels if level] or list(task.levels)
            each = -(-num_problems // len(levels))
            problems = [
                one
                for level in levels
                for one in sample_problems(task, each, 0, held_out=True, level=level, language=language)
            ]
            found["kinds"][f"{kind} ({language})"] = {
                thinking: share_right(llm, problems, thinking, max_tokens) for thinking in ("auto", "off")
            }
    for language in ("en", "zh"):
        found["means"][language] = {
            thinking: fmean(
                found["kinds"][f"{kind} ({language})"][thinking]["right"] for kind in REASONING_KINDS
            )
            for thinking in ("auto", "off")
        }
    found["chats"] = chat_turns(llm, max_tokens)
    return found


def num_known(primer: Path) -> dict[str, int]:
    """How many conversations of a primer contain what a visitor asks, word for word."""
    tokenizer, shards = Tokenizer.load(primer), open_shards(primer)
    counts = dict.fromkeys((question for question, _ in VISITORS), 0)
    for rows in np.array_split(np.arange(shards.num_rows), max(1, shards.num_rows // 1000)):
        text = tokenizer.decode(shards.rows(rows).reshape(-1).tolist())
        for question in counts:
            counts[question] += text.count(question)
    return counts


def _line(name: str, one: dict[str, Any]) -> str:
    interval = f"({one['low']:.1%} to {one['high']:.1%})"
    how = f"reasoned {one['reasoned']:4.0%}  {one['tokens']:5.1f} tokens"
    return f"{name:24} {one['right']:6.1%} {interval:20} {how}"


def markdown(found: dict[str, Any]) -> str:
    """The tables of the model card."""
    lines = [
        "| kind | English | without thinking | Chinese | without thinking | tokens |",
        "|---|---|---|---|---|---|",
    ]
    for kind in TASKS:
        cells = []
        for language in ("en", "zh"):
            both = found["kinds"].get(f"{kind} ({language})")
            cells += [_cell(both[thinking]) if both else "" for thinking in ("auto", "off")]
        tokens = found["kinds"][f"{kind} (en)"]["auto"]["tokens"]
        lines.append(f"| {kind} | {' | '.join(cells)} | {tokens:.0f} |")
    means = [f"{found['means'][language][how]:.1%}" for language in ("en", "zh") for how in ("auto", "off")]
    lines.append(f"| mean of those that take thinking | {' | '.join(means)} | |")
    lines += ["", "| unseen wordings | right | reasoned |", "|---|---|---|"]
    for name, one in found["paraphrases"].items():
        lines.append(f"| {name} | {_cell(one)} | {one['reasoned']:.0%} |")
    turns = {name.removeprefix("turn "): one for name, one in found["chats"].items()}
    lines += ["", f"| turn of a chat | {' | '.join(turns)} |", "|---" * (len(turns) + 1) + "|"]
    lines.append("| right | " + " | ".join(f"{one['right']:.0%}" for one in turns.values()) + " |")
    return "\n".join(lines)


def _cell(one: dict[str, Any]) -> str:
    return f"{one['right']:.1%} ({one['low'] * 100:.0f} to {one['high'] * 100:.0f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--model", type=Path)
    parser.add_argument("--problems", type=int, default=256)
    parser.add_argument("--max-tokens", type=int, default=220)
    parser.add_argument("--primer", type=Path, action="append", default=[], help="Training text to search.")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="What --json has printed.")
    options = parser.parse_args()
    if options.markdown:
        print(markdown(json.loads(options.markdown.read_text(encoding="utf-8"))))
        return
    found = measure(LLM(options.model), options.problems, options.max_tokens)
    if options.primer:
        each = [num_known(folder) for folder in options.primer]
        found["known"] = {question: sum(one[question] for one in each) for question in each[0]}
    if options.json:
        print(json.dumps(found, indent=1, ensure_ascii=False))
        return
    for question, reply in found["visitors"].items():
        print(f"{question}\n    {(reply['reasoning'] or '').strip()!r}\n    {reply['content']!r}")
    print("\nunseen paraphrases of unseen problems")
    for kind, one in found["paraphrases"].items():
        print(_line(kind, one))
    for thinking in ("auto", "off"):
        print(f"\nheld-out problems, thinking {thinking}")
        for name, both in found["kinds"].items():
            print(_line(name, both[thinking]))
        for language, mean in found["means"].items():
            print(f"mean over the kinds that take thinking ({language}): {mean[thinking]:.1%}")
    print("\nchats about any kind, by turn")
    for name, one in found["chats"].items():
        print(_line(name, one))
    for question, count in found.get("known", {}).items():
        print(f"{count} times in the training text: {question}")


if __name__ == "__main__":
    main()
