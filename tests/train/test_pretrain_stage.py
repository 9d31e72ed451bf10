"""The pretraining stage reports the loss of its definition: documents read one by one, tokens counted."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from thinkling.data.mixture import TaskShare
from thinkling.data.primer import PrimerRecipe, write_primer
from thinkling.errors import ConfigError
from thinkling.models.attend import Causal
from thinkling.models.config import GQA, Dense, ModelConfig, MoE
from thinkling.text.special import ASSISTANT
from thinkling.text.tokenizer import Tokenizer
from thinkling.train.policy import policy_tensors
from thinkling.train.pretrain import Pretrain
from thinkling.train.pretrain import build as build_pretrain
from thinkling.train.pretrain_settings import PretrainSettings
from thinkling.train.primer import PrimerSettings
from thinkling.train.primer import build as build_primer
from thinkling.train.rollout_log import read_measurements
from thinkling.train.stage import MODEL, RunContext

ROWS = 6
DENSE = Dense(width=48)
EXPERTS = MoE(num_experts=4, num_active=2, num_shared=1, expert_width=16)


@pytest.fixture(scope="module")
def primer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("primer")
    tasks = {
        "sums": TaskShare(share=1.0, styles={"bare": 1.0, "worked": 1.0}),
        "greetings": TaskShare(share=1.0),
    }
    recipe = PrimerRecipe(
        num_tokens=12_000, row_length=192, vocab_size=320, tasks=tasks, earlier_turns=(0.3,)
    )
    write_primer(recipe, folder)
    (folder / "run").mkdir()
    return folder


def stage(primer: Path, mtp_depth: int = 0, ffn: Dense | MoE = DENSE, **changed: object) -> Pretrain:
    model = ModelConfig(
        vocab_size=320,
        width=32,
        num_layers=2,
        attention=GQA(num_heads=2, num_kv_heads=1, head_width=16),
        ffn=ffn,
        dense=DENSE if isinstance(ffn, MoE) else None,
        mtp_depth=mtp_depth,
        context_length=192,
    )
    usual = {"steps": 3, "rows_per_step": ROWS, "model": model, "init_std": 0.3}
    return Pretrain(PretrainSettings.model_validate(usual | changed), primer, primer / "run", 0, "cpu")


def documents(one: Pretrain, rows: list[list[int]] | None = None) -> list[Tensor]:
    """The conversations in some rows (of step 0 if none are given), cut at their first tokens."""
    found = []
    for row in rows or one.loader.rows(0).tolist():
        starts = [i for i, token in enumerate(row) if token == one.ids.document] + [len(row)]
        for start, end in pairwise(starts):
            found.append(torch.tensor([token for token in row[start:end] if token != one.ids.pad]))
    return found


def said_last_by_the_assistant(one: Pretrain, ids: list[int]) -> list[bool]:
    begins = len(ids) - ids[::-1].index(one.tokenizer.id_of(ASSISTANT))
    ends = ids.index(one.ids.end, begins)
    return [begins <= i <= ends for i in range(len(ids))]


@torch.no_grad()
def losses(one: Pretrain, ids: Tensor) -> list[float]:
    """Cross-entropy of every token after the first of one text."""
    hidden = one.model(ids, torch.arange(len(ids)), Causal([len(ids)]))
    return F.cross_entropy(one.model.logits(hidden.states_TD)[:-1], ids[1:], reduction="none").tolist()


def test_a_later_stage_goes_on_with_the_model_of_an_earlier_one(primer: Path, tmp_path: Path) -> None:
    first = stage(primer)
    for step in range(3):
        first.step(step)
    first.finish(tmp_path)
    later = stage(primer, model=None, start=str(tmp_path / MODEL))
    assert later.validation_loss() == pytest.approx(first.validation_loss(), abs=1e-6)
    for name, tensor in policy_tensors(first.model).items():
        assert torch.equal(policy_tensors(later.model)[name], tensor), name
    metrics = later.step(0)
    assert metrics["loss"] > 0 and metrics["gradient_norm"] > 0


def test_a_second_round_has_the_words_and_the_model_of_the_first(primer: Path, tmp_path: Path) -> None:
    def context(name: str, **earlier: Path) -> RunContext:
        (tmp_path / name).mkdir(exist_ok=True)
        return RunContext(tmp_path, tmp_path / name, earlier, 1, "cpu")

    one = stage(primer)
    one.finish(tmp_path / "2_pretrain")
    settings = PrimerSettings(num_tokens=3_000, row_length=192, tasks={"sorting": TaskShare(share=1.0)})
    more = build_primer(settings, context("3_primer", primer=primer))
    for step in range(more.num_steps):
        more.step(step)
    assert Tokenizer.load(tmp_path / "3_primer").is_same_as(Tokenizer.load(primer))
    earlier = {"primer": tmp_path / "3_primer", "pretrain": tmp_path / "2_pretrain"}
    going_on = PretrainSettings(steps=3, rows_per_step=ROWS, start="earlier")
    later = build_pretrain(going_on, context("4_pretrain", **earlier))
    assert torch.equal(later.model.head.weight, one.model.head.weight)
    with pytest.raises(ConfigError, match="needs a stage 'pretrain'"):
        build_pretrain(going_on, context("4_pretrain", primer=primer))


def test_a_model_of_another_vocabulary_is_refused(primer: Path, tmp_path: Path) -> None:
    stage(primer).finish(tmp_path)
    tasks = {"sorting": TaskShare(share=1.0)}
    write_primer(PrimerRecipe(num_tokens=3_000, row_length=192, vocab_size=330, tasks=tasks), tmp_path)
    (tmp_path / "run").mkdir()
    with pytest.raises(ConfigError, match="another vocabulary"):
        stage(tmp_path, model=None, start=str(tmp_path / MODEL))


@pytest.mark.parametrize("tokens_per_pass", [192, 10_000])
def test_documents_apart_and_answers_alone_are_what_they_say(primer: Path, tokens_per_pass: int) -> None:
    one = stage(primer, documents="apart", learns="answers", tokens_per_pass=tokens_per_pass)
    wanted = []
    for ids in documents(one):
        marks = said_last_by_the_assistant(one, ids.tolist())[1:]
        assert 0 < sum(marks) < len(marks)
        wanted += [loss for loss, is_said in zip(losses(one, ids), marks, strict=True) if is_said]
    assert one.step(0)["loss"] == pytest.approx(sum(wanted) / len(wanted), rel=1e-4)


def test_apart_and_text_learns_every_token_but_the_first(primer: Path) -> None:
    one = stage(primer, documents="apart")
    wanted = [loss for ids in documents(one) for loss in losses(one, ids)]
    assert one.step(0)["loss"] == pytest.approx(sum(wanted) / len(wanted), rel=1e-4)


def test_joined_rows_read_on_from_one_document_to_the_next(primer: Path) -> None:
    one = stage(primer)
    wanted = []
    for row in torch.from_numpy(one.loader.rows(0)):
        text = row[row != one.ids.pad]
        wanted += losses(one, text)
    assert one.step(0)["loss"] == pytest.approx(sum(wanted) / len(wanted), rel=1e-4)


def test_the_validation_loss_is_that_of_rows_no_step_reads(primer: Path) -> None:
    one = stage(primer, documents="apart", validation_rows=2, evaluate_every=2, tokens_per_pass=192)
    rows = one.loader.apart()
    assert len(rows) == 2 and not any((row == read).all() for row in rows for read in one.loader.rows(0))
    wanted = [loss for ids in documents(one, rows.tolist()) for loss in losses(one, ids)]
    found = one.step(0)["validation_loss"]
    assert found == pytest.approx(sum(wanted) / len(wanted), rel=1e-4)
    assert "validation_loss" not in one.step(1) and one.step(2)["validation_loss"] < found
    (row,) = read_measurements(primer / "run")
    assert row.before == pytest.approx(found) and row.after is None


@pytest.mark.parametrize("documents", ["apart", "joined"])
def test_how_a_step_is_cut_into_passes_changes_nothing(primer: Path, documents: str) -> None:
    """A pass of all rows and passes of one row each are the same step: with experts and MTP too."""
    settings = {
        "documents": documents,
        "learns": "answers",
        "mtp_depth": 1,
        "ffn": EXPERTS,
        "balance_weight": 0.1,
    }
    whole = stage(primer, **settings, tokens_per_pass=10_000)  # type: ignore[arg-type]
    parts = stage(primer, **settings, tokens_per_pass=192)  # type: ignore[arg-type]
    first, second = whole.step(0), parts.step(0)
    for name in ("loss", "mtp_loss", "balance_loss", "gradient_norm", "max_violation"):
        assert first[name] == pytest.approx(second[name], rel=1e-3), name
    assert first["mtp_loss"] > 0 and first["balance_loss"] > 0
