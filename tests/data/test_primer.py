"""The primer corpus: honest about its split, the same bytes from the same recipe, no document lost."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random

import numpy as np
import pytest
from pydantic import ValidationError

from thinkling.config import check, parse_toml, to_toml
from thinkling.data.frame import Frames
from thinkling.data.mixture import Mixture
from thinkling.data.primer import (
    PrimerRecipe,
    TaskShare,
    conversation_texts,
    primer_pieces,
    train_tokenizer,
    write_primer,
)
from thinkling.data.shards import Manifest, Shards, open_shards
from thinkling.errors import RequestError, TaskError
from thinkling.records import Message, Problem
from thinkling.tasks import TASKS
from thinkling.tasks.split import is_held_out
from thinkling.text import special
from thinkling.text.template import Template
from thinkling.text.thinking import read_block
from thinkling.text.tokenizer import Tokenizer

RECIPE = PrimerRecipe(num_tokens=120_000, row_length=224, vocab_size=512, seed=3, rows_per_shard=300)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.train(islice(conversation_texts(RECIPE), 1500), RECIPE.vocab_size)


@pytest.fixture(scope="module")
def folder(tokenizer: Tokenizer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("primer")
    write_primer(RECIPE, folder, tokenizer)
    return folder


def _texts(folder: Path) -> Iterator[str]:
    """Every document of a corpus, decoded."""
    tokenizer, shards = Tokenizer.load(folder), open_shards(folder)
    for row in shards.rows(np.arange(shards.num_rows)):
        text = tokenizer.decode([index for index in row.tolist() if index != tokenizer.pad_id])
        assert text.endswith(special.EOS)
        yield from text.split(special.BOS)[1:]


def _last_turn(text: str) -> tuple[str, str]:
    """(question, what was answered)."""
    question, _, answer = text.rpartition(special.USER)[2].partition(special.ASSISTANT)
    return question, answer.removesuffix(special.EOS)


def test_no_held_out_problem_is_in_the_corpus(folder: Path) -> None:
    num_read = 0
    for text in _texts(folder):
        question = _last_turn(text)[0]
        numbers = re.findall(r"\d+", question)
        if re.search(r"[*×]|\dx\d| x |times|ultipl|product", question) and len(numbers) == 2:
            key = "multiply:{}x{}".format(*sorted(map(int, numbers)))
            assert not is_held_out(key), text
            num_read += 1
        assert "strawberry" not in text
        assert not re.fullmatch(r".*\b2 ?(\+|plus) ?2\b(?! ?[-+]| plus| minus).*", question), question
    assert num_read > 500


def test_the_manifest_counts_what_is_there(folder: Path) -> None:
    shards = open_shards(folder)
    manifest = shards.manifest
    rows = shards.rows(np.arange(shards.num_rows))
    assert (rows != manifest.corpus.pad_id).sum() == manifest.corpus.num_tokens >= RECIPE.num_tokens
    assert (rows == manifest.corpus.pad_id).sum() == manifest.num_padding
    assert manifest.num_padding < 0.03 * rows.size
    assert rows.max() < manifest.corpus.vocab_size == Tokenizer.load(folder).vocab_size
    assert (
        len(list(_texts(folder)))
        == manifest.corpus.num_documents
        == sum(manifest.corpus.documents_of.values())
    )
    assert set(manifest.corpus.documents_of) == set(RECIPE.tasks)
    assert PrimerRecipe.model_validate(manifest.corpus.recipe) == RECIPE


def test_every_conversation_keeps_the_output_contract(folder: Path) -> None:
    num_reasoned = 0
    for text in _texts(folder):
        block = read_block(_last_turn(text)[1])
        assert not block.fault, text
        num_reasoned += bool(block.reasoning)
    assert num_reasoned > 500


def _checksums(manifest: Manifest) -> list[str]:
    return [shard.sha256 for shard in manifest.shards]


def test_the_number_of_workers_changes_no_byte(folder: Path, tokenizer: Tokenizer, tmp_path: Path) -> None:
    heard = list(primer_pieces(RECIPE, tmp_path, tokenizer, num_workers=2))
    manifest = open_shards(tmp_path).manifest
    assert _checksums(manifest) == _checksums(open_shards(folder).manifest)
    assert heard == sorted(heard) and heard[-1] == manifest.corpus.num_tokens


ENDLESS = """
import sys, time
from pathlib import Path
from multiprocessing import active_children
from thinkling.data.primer import PrimerRecipe, primer_pieces
if __name__ == "__main__":
    pieces = primer_pieces(PrimerRecipe(num_tokens=10**9), Path(sys.argv[1]), num_workers=2)
    next(pieces)
    print(*[child.pid for child in active_children()], flush=True)
    time.sleep(60)
elif sys.argv[2] == "late":
    try:
        Path(sys.argv[1], "first").touch(exist_ok=False)
    except FileExistsError:
        time.sleep(3)
"""


@pytest.mark.parametrize("start", ["early", "late"])
def test_a_killed_primer_leaves_no_worker_behind(tmp_path: Path, start: str) -> None:
    """Late: the second worker is only beginning when its parent dies."""
    program = tmp_path / "endless.py"
    program.write_text(ENDLESS, encoding="utf-8")
    words = [sys.executable, str(program), str(tmp_path), start]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        workers = [int(word) for word in parent.stdout.readline().split()]
        assert len(workers) == 2 and all(Path(f"/proc/{pid}").exists() for pid in workers)
        parent.kill()
    for _ in range(100):
        if not any(_is_alive(pid) for pid in workers):
            return
        time.sleep(0.1)
    raise AssertionError(f"workers {workers} outlived their parent by ten seconds")


def _is_alive(pid: int) -> bool:
    """A process that has ended may wait to be collected (state Z)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_seed_makes_the_corpus(folder: Path, tokenizer: Tokenizer, tmp_path: Path) -> None:
    small = RECIPE.model_copy(update={"num_tokens": 3000})
    once = write_primer(small, tmp_path, tokenizer)
    assert write_primer(small, tmp_path, tokenizer) == once
    assert _checksums(write_primer(small.model_copy(update={"seed": 4}), tmp_path, tokenizer)) != _checksums(
        once
    )


def test_a_tokenizer_is_trained_where_none_is_given(tmp_path: Path) -> None:
    recipe = RECIPE.model_copy(update={"num_tokens": 500, "vocab_size": 300})
    manifest = write_primer(recipe, tmp_path)
    assert manifest.corpus.vocab_size == Tokenizer.load(tmp_path).vocab_size <= 300
    assert train_tokenizer(recipe).encode("What's 12 times 14?") == Tokenizer.load(tmp_path).encode(
        "What's 12 times 14?"
    )


def test_rows_that_hold_too_few_conversations_are_refused(tokenizer: Tokenizer, tmp_path: Path) -> None:
    with pytest.raises(TaskError, match="do not fit in 16 tokens"):
        write_primer(RECIPE.model_copy(update={"row_length": 16}), tmp_path, tokenizer)


def test_a_rare_conversation_longer_than_a_row_is_left_out_and_counted(
    tokenizer: Tokenizer, tmp_path: Path
) -> None:
    whole = write_primer(RECIPE, tmp_path / "whole", tokenizer)
    tight = write_primer(RECIPE.model_copy(update={"row_length": 128}), tmp_path / "tight", tokenizer)
    assert whole.corpus.num_left_out == 0 < tight.corpus.num_left_out < tight.corpus.num_documents / 100


def _verdicts(recipe: PrimerRecipe, count: int) -> list[tuple[bool, bool]]:
    """(whether it reasons, whether it is right) of conversations of a recipe with one task of numbers."""
    (name,) = recipe.tasks
    mixture, random = Mixture(recipe), Random(0)
    found = []
    for _ in range(count):
        _, (asked, said) = mixture.conversation(random)
        left, right = map(int, re.findall(r"\d+", asked.content))
        problem = Problem(name, asked.content, str(left * right), "")
        found.append((bool(said.reasoning), TASKS[name].check(problem, said.content).is_correct))
    return found


def test_styles_and_slips_come_in_the_shares_that_were_asked_for() -> None:
    mix = TaskShare(share=1, styles={"bare": 3, "split": 1}, wrong_share_bare=0.8, wrong_share_worked=0.1)
    verdicts = _verdicts(PrimerRecipe(tasks={"multiply": mix}, earlier_turns=()), 8000)
    worked = [is_right for is_reasoned, is_right in verdicts if is_reasoned]
    bare = [is_right for is_reasoned, is_right in verdicts if not is_reasoned]
    assert 0.22 < len(worked) / len(verdicts) < 0.28
    assert 0.16 < sum(bare) / len(bare) < 0.24
    assert 0.87 < sum(worked) / len(worked) < 0.93


def test_what_needs_no_thinking_is_answered_bare_and_rightly() -> None:
    mix = TaskShare(share=1, styles={"worked": 1}, wrong_share_bare=1, wrong_share_worked=1)
    mixture, random = Mixture(PrimerRecipe(tasks={"sums": mix}, earlier_turns=())), Random(0)
    num_tiny = 0
    for _ in range(2000):
        _, (asked, said) = mixture.conversation(random)
        match = re.search(r"\b(\d) ?(?:\+|plus) ?(\d)\b(?! ?[-+]| plus| minus)", asked.content)
        if match and len(re.findall(r"\d+", asked.content)) == 2:
            num_tiny += 1
            assert not said.reasoning and str(int(match[1]) + int(match[2])) in said.content
    assert num_tiny > 50


def test_earlier_exchanges_come_as_often_as_asked_and_without_thinking() -> None:
    recipe = PrimerRecipe(earlier_turns=(0.2, 0.0, 0.3))
    mixture, random = Mixture(recipe), Random(0)
    drawn = [mixture.conversation(random)[1] for _ in range(1000)]
    lengths = [len(messages) // 2 for messages in drawn]
    assert set(lengths) == {1, 2, 4}
    assert 150 < lengths.count(2) < 250 and 240 < lengths.count(4) < 360
    assert not any(message.reasoning for messages in drawn for message in messages[:-1])
    assert any(messages[-1].reasoning for messages in drawn if len(messages) == 8)


def test_more_earlier_exchanges_than_conversations_are_refused() -> None:
    with pytest.raises(ValidationError, match="more than 1"):
        PrimerRecipe(earlier_turns=(0.6, 0.6))


@pytest.mark.parametrize(
    "tasks",
    [
        {},
        {"multiply": {"share": 0}},
        {"multiply": {"share": 1, "styles": {"poem": 1}}},
        {"multiply": {"share": 1, "styles": {"bare": 0}}},
        {"multiply": {"share": 1, "wrong_share_bare": 1.5}},
    ],
)
def test_a_recipe_that_cannot_be_meant_is_refused(tasks: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        PrimerRecipe.model_validate({"tasks": tasks})


def test_an_unknown_task_is_refused_with_its_nearest_name(tokenizer: Tokenizer, tmp_path: Path) -> None:
    recipe = PrimerRecipe(tasks={"multiplly": TaskShare(share=1)})
    with pytest.raises(TaskError, match="multiplly"):
        write_primer(recipe, tmp_path, tokenizer)


def test_a_recipe_survives_its_own_toml() -> None:
    text = to_toml(RECIPE)
    assert check(parse_toml(text.encode(), "recipe"), PrimerRecipe, "recipe") == RECIPE


def test_frames_write_what_the_template_writes() -> None:
    template, mixture, random = Template.default(), Mixture(PrimerRecipe(earlier_turns=(0.2, 0.1))), Random(1)
    frames = Frames(template)
    for _ in range(300):
        _, messages = mixture.conversation(random)
        assert frames.render(messages) == template.render_training(messages)


def test_frames_refuse_control_tokens_and_templates_that_change_messages() -> None:
    smuggled = [Message("user", "<think>"), Message("assistant", "no")]
    with pytest.raises(RequestError):
        Frames(Template.default()).render(smuggled)
    shouting = "{{ bos_token }}{% for m in messages %}{{ m.content | upper }}{% endfor %}"
    with pytest.raises(TaskError, match="changes or reorders"):
        Frames(Template(shouting)).render([Message("user", "hi"), Message("assistant", "yes")])


def test_shards_are_mapped_and_not_read(folder: Path) -> None:
    shards = open_shards(folder, is_verified=False)
    assert isinstance(shards, Shards) and all(isinstance(file, np.memmap) for file in shards._files)


def test_earlier_exchanges_are_of_tasks_that_are_asked_in_the_language() -> None:
    tasks = {
        "sums": TaskShare(share=0.5, languages={"en": 1.0}),
        "letters": TaskShare(share=0.5, languages={"en": 0.3, "zh": 0.7}),
    }
    mixture, random = Mixture(PrimerRecipe(tasks=tasks, earlier_turns=(0.5,))), Random(0)
    drawn = [mixture.conversation(random)[1] for _ in range(400)]
    chats = [[message.content for message in one] for one in drawn if len(one) > 2]
    chinese = [one for one in chats if re.search("[一-鿿]", one[2])]
    assert len(chinese) > 30 and all(re.search("[一-鿿]", one[0]) for one in chinese)
    assert len(chats) - len(chinese) > 30
