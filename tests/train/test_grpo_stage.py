"""The GRPO stage on a small random model: R1-Zero's prompt, settled groups, rewards that move the policy."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from pydantic import ValidationError

from thinkling.data.primer import PrimerRecipe, train_tokenizer
from thinkling.errors import ConfigError, TrainingError
from thinkling.models import tape as tapes
from thinkling.models.config import GQA, Dense, ModelConfig
from thinkling.records import Completion, Message, Problem, Rollout, SamplingParams, Verdict
from thinkling.tasks.passrate import interval_of_mean, paired_interval, wilson_interval
from thinkling.tasks.split import is_held_out
from thinkling.text.template import Template
from thinkling.train.grpo import Grpo
from thinkling.train.grpo_settings import GrpoSettings
from thinkling.train.policy import new_policy, policy_tensors, save_policy
from thinkling.train.rollout_log import read_held_out, read_measurements
from thinkling.train.rollout_statistics import group_statistics, is_settled
from thinkling.train.update_totals import UpdateTotals

PROMPT = "A conversation between User and Assistant. The user asks a question, and the Assistant solves it."


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tokenizer = train_tokenizer(PrimerRecipe(vocab_size=300))
    config = ModelConfig(
        vocab_size=tokenizer.vocab_size,
        width=32,
        num_layers=1,
        attention=GQA(num_heads=2, num_kv_heads=1, head_width=16),
        ffn=Dense(width=32),
        context_length=512,
    )
    folder = tmp_path_factory.mktemp("start")
    save_policy(new_policy(config, 0.02, 0, "cpu", "fp32"), tokenizer, folder, torch.float32)
    return folder


def settings(**changed: object) -> GrpoSettings:
    usual = {"steps": 3, "problems": 3, "answers": 4, "max_tokens": 12, "num_held_out": 0}
    open_gate = {"gate": {"min_pass_at_k": 0.0}}
    return GrpoSettings.model_validate(usual | {"tasks": {"greetings": 1.0}} | open_gate | changed)


def test_r1_zero_asks_with_the_published_prompt_and_expects_answer_tags(start: Path, tmp_path: Path) -> None:
    stage = Grpo(settings(template="r1_zero"), start, tmp_path, 0, "cpu")
    prompt = stage.llm.template.render([Message("user", "What is 2+2?")])
    assert PROMPT in prompt and prompt.endswith("User: What is 2+2?. Assistant:")
    problem = Problem("sums", "What is 2+2?", "4", "sums:2+2")
    good = Completion((1,), " <think> easy </think> <answer> 4 </answer>", "stop")
    plain = Completion((1,), "<think>\neasy\n</think>\n\n4", "stop")
    assert stage.judge(problem, good).reward == pytest.approx(1.1)
    assert stage.judge(problem, plain).reward < 1.1
    assert stage.step(0)["response_length"] > 0


def test_groups_without_both_right_and_wrong_answers_leave_the_policy_as_it_was(
    start: Path, tmp_path: Path
) -> None:
    """A random model answers everything wrongly: no group teaches anything, and nothing moves."""
    stage = Grpo(settings(), start, tmp_path, 0, "cpu")
    before = {name: tensor.clone() for name, tensor in policy_tensors(stage.model).items()}
    metrics = stage.step(0)
    assert metrics["all_wrong_share"] == 1.0 and metrics["gradient_norm"] == 0.0
    assert all(torch.equal(before[name], tensor) for name, tensor in policy_tensors(stage.model).items())


def _answer(prompt: int, length: int, verdict: Verdict) -> Rollout:
    done = Completion((9,) * length, "", "stop", prompt_ids=(5, prompt), logprobs=(-5.0,) * length)
    return Rollout(Problem("greetings", "Hello", "", "hello"), done, verdict)


@pytest.mark.parametrize("normalization", ["answer", "token", "constant"])
def test_answers_without_an_advantage_are_not_read_and_their_weight_still_counts(
    start: Path, tmp_path: Path, normalization: str
) -> None:
    """The slow twin reads every answer, for a KL term too small to matter."""
    right, wrong = Verdict(1.0, True, ""), Verdict(0.0, False, "")
    unscored = Verdict(0.0, False, "", is_scored=False)
    verdicts = [[right] * 3, [right, wrong, wrong], [wrong] * 3, [wrong, unscored, right]]
    groups = [[_answer(3 + p, 2 + i, one) for i, one in enumerate(group)] for p, group in enumerate(verdicts)]
    found, num_read = [], []
    for kl_weight in (0.0, 1e-20):
        stage = Grpo(settings(normalization=normalization, kl_weight=kl_weight), start, tmp_path, 0, "cpu")
        stage.optimizer.zero_grad = lambda: None  # type: ignore[method-assign]
        stage.optimizer.step = lambda share: 0.0  # type: ignore[method-assign]
        totals = UpdateTotals()
        stage._update_once(groups, 1.0, totals)
        found.append([one.grad for one in stage.model.parameters()])
        num_read.append(totals.num_tokens)
    assert num_read == [(2 + 3 + 4) + (2 + 4), 4 * (2 + 3 + 4)]
    for fast, slow in zip(*found, strict=True):
        assert fast is not None and slow is not None and slow.abs().max() > 0
        torch.testing.assert_close(fast, slow, rtol=1e-4, atol=1e-7)


def test_a_policy_that_is_never_right_is_refused_with_the_figures(start: Path, tmp_path: Path) -> None:
    chosen = settings(gate={}, tasks={"sums": 1.0, "letters": {"share": 2.0, "levels": [1]}})
    stage = Grpo(chosen, start, tmp_path, 0, "cpu")
    before = {name: tensor.clone() for name, tensor in policy_tensors(stage.model).items()}
    with pytest.raises(TrainingError, match=r"pass@4 is 0.0% \(sums 0%, letters 0%\)"):
        stage.step(0)
    assert all(torch.equal(before[name], tensor) for name, tensor in policy_tensors(stage.model).items())


def test_held_out_problems_are_of_the_levels_and_languages_that_are_practised(
    start: Path, tmp_path: Path
) -> None:
    chosen = settings(
        num_held_out=5, languages={"en": 3.0, "zh": 1.0}, tasks={"sums": {"levels": [1, 3]}, "letters": 1.0}
    )
    stage = Grpo(chosen, start, tmp_path, 0, "cpu")
    problems = stage.held_out._problems("sums", "zh")
    assert [one.level for one in problems] == [1, 3, 1, 3, 1]
    assert {one.language for one in problems} == {"zh"} and all(is_held_out(one.key) for one in problems)
    stage.held_out.write(tmp_path, "before", stage.held_out.measure(stage.llm))
    names = [one.name for one in read_measurements(tmp_path)]
    assert names[:5] == ["mean of 4, pass@1, held out"] + [
        f"{kind} ({language}), pass@1, held out" for kind in ("sums", "letters") for language in ("en", "zh")
    ]


def test_before_and_after_are_compared_problem_by_problem(start: Path, tmp_path: Path) -> None:
    """Two of twelve sums are lost and six gained; two more cannot be judged once and are not compared."""
    stage = Grpo(settings(num_held_out=14, tasks={"sums": 1.0, "letters": 1.0}), start, tmp_path, 0, "cpu")
    right, wrong = Verdict(1.0, True, ""), Verdict(0.0, False, "")
    unscored = Verdict(0.0, False, "", is_scored=False)
    problems = {kind: stage.held_out._problems(kind, "en") for kind in ("sums", "letters")}
    sums = {
        "before": [right] * 4 + [wrong] * 8 + [unscored, right],
        "after": [right] * 2 + [wrong] * 2 + [right] * 6 + [wrong] * 2 + [right, unscored],
    }
    for when, verdicts in sums.items():
        verdict_of = {one.question: verdict for one, verdict in zip(problems["sums"], verdicts, strict=True)}
        found = {}
        for kind in problems:
            answers = [
                replace(_answer(3, 2, verdict_of.get(one.question, wrong)), problem=one)
                for one in problems[kind]
            ]
            found[kind] = stage.held_out._answers(answers)
        stage.held_out.write(tmp_path, when, found)  # type: ignore[arg-type]
    rows = {one.name: one for one in read_measurements(tmp_path)}
    mean, row = rows["mean of 2, pass@1, held out"], rows["sums, pass@1, held out"]
    assert (row.before, row.after, row.num_problems) == (5 / 13, 9 / 13, 13)
    assert row.before_interval == wilson_interval(5, 13) and row.after_interval == wilson_interval(9, 13)
    assert row.change_interval == paired_interval(6, 2, 12)
    assert (mean.before, mean.after, mean.num_problems) == (5 / 26, 9 / 26, 27)
    changes = [paired_interval(6, 2, 12), paired_interval(0, 0, 14)]
    assert mean.change_interval == pytest.approx(interval_of_mean([4 / 13, 0.0], changes))
    assert rows["sums, tokens of an answer, held out"].after_interval is None
    lines = read_held_out(tmp_path, "after")
    assert [one["question"] for one in lines[:14]] == [one.question for one in problems["sums"]]


def test_the_gate_leaves_its_figures_among_the_measurements(start: Path, tmp_path: Path) -> None:
    stage = Grpo(settings(gate={"min_pass_at_k": 0.01}, tasks={"sums": 1.0}), start, tmp_path, 0, "cpu")
    stage.judge = lambda problem, completion: Verdict(1.0, True, "generous")
    stage.step(0)
    (row,) = read_measurements(tmp_path)
    assert (row.name, row.before, row.num_problems) == ("sums, pass@4, training", 1.0, 24)


def test_the_finished_model_is_asked_as_it_was_trained(start: Path, tmp_path: Path) -> None:
    stage = Grpo(settings(template="r1_zero"), start, tmp_path, 0, "cpu")
    stage.finish(tmp_path)
    again = Template.load(tmp_path / "model")
    assert PROMPT in again.render([Message("user", "What is 2+2?")])


@pytest.mark.parametrize(("num_groups", "sizes"), [(7, [1, 1, 2, 1, 2]), (3, [1, 1, 1]), (5, [1] * 5)])
def test_a_batch_is_shared_out_among_as_many_updates_as_were_asked_for(
    start: Path, tmp_path: Path, num_groups: int, sizes: list[int]
) -> None:
    stage = Grpo(settings(updates_per_batch=5), start, tmp_path, 0, "cpu")
    seen: list[int] = []

    def count(groups: Sequence[Sequence[Rollout]], share: float, totals: UpdateTotals) -> float:
        seen.append(len(groups))
        return 0.0

    stage._update_once = count  # type: ignore[method-assign]
    stage._update([[]] * num_groups, 1.0)
    assert seen == sizes


def test_the_true_judge_measures_a_control_run(start: Path, tmp_path: Path) -> None:
    stage = Grpo(settings(control="random_rewards", num_held_out=64), start, tmp_path, 0, "cpu")
    assert {answers.pass_at_1 for answers in stage.held_out.measure(stage.llm).values()} == {0.0}
    assert 0.1 < stage.step(0)["accuracy"] < 0.9  # coins, and no gate before them


def test_what_the_sampler_multiplied_is_not_multiplied_again(
    start: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But for prompts, and for measurements in between, which nobody learns from."""
    rows: list[int] = []
    real = tapes.product
    monkeypatch.setattr(tapes, "product", lambda a, b: (rows.append(len(a)), real(a, b))[1])

    def updated(is_taping: bool) -> tuple[int, float]:
        chosen = settings(
            drops_settled_groups=False, control="random_rewards", max_tokens=40, evaluate_every=1
        )
        stage = Grpo(chosen, start, tmp_path / str(is_taping), 0, "cpu")
        if not is_taping:
            stage.tape = None
        update = stage._update

        def watched(groups: Sequence[Sequence[Rollout]], share: float) -> dict[str, float]:
            rows.clear()
            return update(groups, share)

        stage._update = watched  # type: ignore[method-assign]
        metrics = [stage.step(step) for step in range(2)]
        assert stage.llm.engine.tape is None
        return sum(rows), metrics[-1]["gradient_norm"]

    (few, norm), (many, same_norm) = updated(True), updated(False)
    assert few < many / 2 and norm == pytest.approx(same_norm, rel=1e-3)


def test_what_is_rewarded_becomes_likelier(start: Path, tmp_path: Path) -> None:
    """A judge that pays for any answer with a space in it."""
    chosen = settings(
        steps=24, problems=8, answers=16, max_tokens=16, optimizer={"lr": 0.01, "kind": "adamw"}
    )
    stage = Grpo(chosen, start, tmp_path, 0, "cpu")
    space = stage.tokenizer.encode(" ")[0]

    def likes_spaces(problem: Problem, completion: Completion) -> Verdict:
        has_space = space in completion.ids
        return Verdict(float(has_space), has_space, "it has a space" if has_space else "no space")

    stage.judge = likes_spaces
    shares = [stage.step(step)["accuracy"] for step in range(24)]
    assert shares[0] < 0.3 and shares[-1] > 0.8


def test_groups_are_settled_by_correctness_and_not_by_reward() -> None:
    problem = Problem("sums", "What is 2+2?", "4", "sums:2+2")
    done = Completion((1, 2), "4", "stop")

    def group(*verdicts: Verdict) -> list[Rollout]:
        return [Rollout(problem, done, verdict) for verdict in verdicts]

    shaped = group(Verdict(0.1, False, "wrong"), Verdict(0.0, False, "wrong"))
    mixed = group(Verdict(1.1, True, "right"), Verdict(0.1, False, "wrong"))
    unscored = group(Verdict(1.1, True, "right"), Verdict(0.0, False, "broken", is_scored=False))
    assert is_settled(shaped) and is_settled(unscored) and not is_settled(mixed)
    found = group_statistics([shaped, mixed, unscored])
    assert found["all_wrong_share"] == pytest.approx(1 / 3) == found["all_right_share"]
    assert found["unscored_share"] == pytest.approx(1 / 6)
    assert found["accuracy"] == pytest.approx(2 / 5)


def test_a_prompt_that_opens_the_think_block_is_no_fault_of_the_answer(start: Path, tmp_path: Path) -> None:
    """The released models' templates end inside it, so that their answers hold the closing tag alone."""
    folder = tmp_path / "opens"
    shutil.copytree(start, folder)
    template = Template.load(start).source
    (folder / "chat_template.jinja").write_text(template + "{{ '<think>\\n' if add_generation_prompt }}")
    stage = Grpo(settings(), folder, tmp_path, 0, "cpu")
    (done,) = stage.llm.generate([[Message("user", "Hello")]], SamplingParams(max_tokens=2))
    (raw,) = stage.llm.generate(["Hello"], SamplingParams(max_tokens=2))
    assert (done.starts_in, raw.starts_in) == ("reasoning", "undecided")
    problem = Problem("sums", "What is 2+2?", "4", "sums:2+2")
    answer = replace(done, text="easy\n</think>\n\n4", finish_reason="stop")
    assert stage.judge(problem, answer).reward == pytest.approx(1.1)
    rollouts = [Rollout(problem, answer, stage.judge(problem, answer))]
    told = group_statistics([rollouts])
    assert (told["format_share"], told["reasoned_share"]) == (1.0, 1.0)
    assert stage.held_out._answers(rollouts).reasoned_share == 1.0
    bare = replace(answer, starts_in="undecided")
    assert group_statistics([[Rollout(problem, bare, stage.judge(problem, bare))]])["format_share"] == 0.0


def test_answers_longer_than_the_context_are_refused_at_once(start: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="512 tokens, and the model's context holds 512"):
        Grpo(settings(max_tokens=512), start, tmp_path, 0, "cpu")


def test_a_resumed_run_keeps_as_much_as_the_first(start: Path, tmp_path: Path) -> None:
    """What the tape has no room for is computed again, with other last bits."""
    first = Grpo(settings(), start, tmp_path, 0, "cpu")
    first.tape = tapes.Tape(first.model, 7)
    second = Grpo(settings(), start, tmp_path, 0, "cpu")
    second.restore(first.tensors(), first.state())
    assert second.tape is not None and second.tape.num_rows == 7


def test_the_loss_of_several_updates_is_their_mean() -> None:
    totals = UpdateTotals()
    for loss, norm in ((1.0, 2.0), (3.0, 4.0)):
        totals.add(torch.tensor(loss), torch.zeros(2), torch.ones(2), None, (0.2, 0.2))
        totals.end_update(norm)
    found = totals.metrics()
    assert (found["loss"], found["gradient_norm"], found["entropy"]) == (2.0, 3.0, 1.0)


@pytest.mark.parametrize(
    "idle",
    [{"refresh_reference_every": 5}, {"sampling_rounds": 2, "drops_settled_groups": False}],
)
def test_settings_that_would_do_nothing_are_refused(idle: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="does nothing"):
        settings(**idle)
