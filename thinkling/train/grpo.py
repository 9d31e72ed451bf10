"""GRPO: reinforcement learning from rule-checked rewards, on the policy's own samples.

DeepSeek-R1 (arXiv 2501.12948), section 2.2.

One step, as the paper tells it:

    groups    = self._sample(step)            G answers each, by the policy itself: nothing is copied,
                                              and its products are kept on a tape
    advantage = group_advantages(rewards)     each answer against its group
    weight    = token_weights(...)            once for the whole batch
    for part in pack(...): (terms * weight).sum().backward()
    optimizer.step()                          and the sampler has the new weights: they share the model
"""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor

from thinkling.errors import ConfigError, TrainingError
from thinkling.llm import LLM
from thinkling.models.linear import set_compute_dtype
from thinkling.models.tape import Tape
from thinkling.objectives.grpo import group_advantages, grpo_terms, k3, token_weights
from thinkling.records import Rollout, SamplingParams
from thinkling.text.template import R1_ZERO_FILE, Template
from thinkling.text.thinking import R1_ZERO_TAGS, THINK_TAGS
from thinkling.text.tokenizer import Tokenizer
from thinkling.train.answers import Pass, answer_logprobs, pack
from thinkling.train.checkpoint import below
from thinkling.train.collapse import CollapseWatch
from thinkling.train.controls import controlled_judge, gold_problems
from thinkling.train.curriculum import ProblemSource
from thinkling.train.gate import pass_at_k, refuse_hopeless_start, write_gate
from thinkling.train.grpo_settings import GrpoSettings
from thinkling.train.held_out import HeldOut, mean_pass_at_1
from thinkling.train.optimizer import Optimizer, learning_rate_share
from thinkling.train.policy import (
    compute_dtype,
    load_policy_tensors,
    policy_tensors,
    save_policy,
)
from thinkling.train.rollout import rule_judge, sample_rollouts
from thinkling.train.rollout_log import write_practice, write_rollouts
from thinkling.train.rollout_statistics import group_statistics, is_settled
from thinkling.train.stage import MODEL, RunContext, State
from thinkling.train.update_totals import UpdateTotals
from thinkling.weights.read import load_model

Group = Sequence[Rollout]


def build(settings: GrpoSettings, context: RunContext) -> Grpo:
    """The stage, starting from the latest model of the run or from `settings.start`."""
    start = context.latest_model() if settings.start is None else Path(settings.start)
    return Grpo(settings, start, context.folder, context.seed, context.device)


class Grpo:
    """One reinforcement run from a model folder."""

    name = "grpo"

    def __init__(self, settings: GrpoSettings, start: Path, folder: Path, seed: int, device: str) -> None:
        self.settings, self.folder, self.seed, self.device = settings, folder, seed, device
        self.num_steps = settings.steps
        self.tokenizer = Tokenizer.load(start)
        self.model = load_model(start).to(device)
        set_compute_dtype(self.model, compute_dtype(settings.precision, device))
        # The MTP module is a draft and no part of the policy; it stays as pretrained.
        trained = {n: p for n, p in self.model.named_parameters() if not n.startswith("mtp.")}
        for name, parameter in self.model.named_parameters():
            parameter.requires_grad_(name in trained)
        self.optimizer = Optimizer(trained, settings.optimizer)
        self.reference = copy.deepcopy(self.model).requires_grad_(False) if settings.kl_weight else None
        is_chat = settings.template == "chat"
        template = Template.load(start) if is_chat else Template.from_file(R1_ZERO_FILE)
        self.llm = LLM.from_parts(self.model, self.tokenizer, template)
        self._refuse_long_answers()
        num_answers = settings.sampling_rounds * settings.problems * settings.answers
        self.tape = self.llm.engine.new_tape(num_answers * settings.max_tokens)
        self.tags = THINK_TAGS if is_chat else R1_ZERO_TAGS
        true_judge = rule_judge(settings.reward, self.tags)
        self.judge = true_judge
        practices = settings.practices()
        self.source = ProblemSource(practices, seed)
        self.held_out = HeldOut(practices, settings.num_held_out, settings.max_tokens, true_judge, self.tags)
        self.watch = CollapseWatch(settings.curriculum is not None)
        self.num_tokens_seen = 0

    def step(self, step: int) -> dict[str, float]:
        """Sample, grade, weigh, update."""
        if step == 0:
            self._pass_gate()
        measured = self._measure_before(step)
        start = time.perf_counter()
        with self._taping():
            sampled, groups = self._sample(step)
        rollout_s = time.perf_counter() - start
        self.source.note(rollout for group in sampled for rollout in group)
        if step % self.settings.log_rollouts_every == 0 or step + 1 == self.num_steps:
            write_rollouts(self.folder, step, [rollout for group in sampled for rollout in group])
            write_practice(self.folder, self.source.table())
        metrics = group_statistics(sampled, self.tags)
        self._refuse_without_verdicts(metrics)
        share = learning_rate_share(step, self.num_steps, self.settings.optimizer)
        began = time.perf_counter()
        metrics |= self._update(groups, share) if groups else {"loss": 0.0, "gradient_norm": 0.0}
        num_tokens = sum(len(one.completion.ids) for group in sampled for one in group)
        self.num_tokens_seen += num_tokens
        if self.reference is not None and self._is_refresh(step):
            self.reference.load_state_dict(self.model.state_dict())
        now = time.perf_counter()
        return (
            measured
            | metrics
            | {
                "lr": share * self.settings.optimizer.lr,
                "rollout_s": rollout_s,
                "train_s": now - began,
                "tokens_per_s": num_tokens / (now - start),
                "tokens_seen": float(self.num_tokens_seen),
            }
        )

    @contextmanager
    def _taping(self) -> Iterator[None]:
        """What the engine computes for answers meanwhile is kept for the update."""
        if self.tape is not None:
            self.tape.begin()
        self.llm.engine.tape = self.tape
        try:
            yield
        finally:
            self.llm.engine.tape = None

    def _sample(self, step: int) -> tuple[list[Group], list[Group]]:
        """All groups sampled in this step, and those to learn from (at most `problems`)."""
        settings = self.settings
        params = SamplingParams(
            n=settings.answers, temperature=settings.temperature, max_tokens=settings.max_tokens
        )
        sampled: list[Group] = []
        kept: list[Group] = []
        for draw in range(settings.sampling_rounds):
            problems = self.source.problems(step, draw, settings.problems)
            seed = (self.seed * 1_000_003 + step) * 1009 + draw
            judge = controlled_judge(settings.control, self.judge, seed)
            gold = gold_problems(settings.control, problems, seed)
            rollouts = sample_rollouts(self.llm, problems, params, judge, seed, gold)
            size = settings.answers
            groups = [rollouts[i : i + size] for i in range(0, len(rollouts), size)]
            sampled += groups
            kept += [group for group in groups if not (settings.drops_settled_groups and is_settled(group))]
            if len(kept) >= settings.problems:
                break
        return sampled, kept[: settings.problems]

    def _update(self, groups: Sequence[Group], share: float) -> dict[str, float]:
        """`updates_per_batch` optimizer steps, each on its part of the groups."""
        num_updates = min(self.settings.updates_per_batch, len(groups))
        edges = [len(groups) * i // num_updates for i in range(num_updates + 1)]
        totals = UpdateTotals()
        for first, last in pairwise(edges):
            norm = self._update_once(groups[first:last], share, totals)
            if norm is not None:
                totals.end_update(norm)
        return totals.metrics()

    def _update_once(self, groups: Sequence[Group], share: float, totals: UpdateTotals) -> float | None:
        """The gradient's norm; None where nothing could be learned and so nothing was changed."""
        settings = self.settings
        reward_PG = torch.tensor([[one.verdict.reward for one in group] for group in groups])
        is_scored_PG = torch.tensor([[one.verdict.is_scored for one in group] for group in groups])
        advantage_O = (
            group_advantages(reward_PG, is_scored_PG, settings.divides_by_std).flatten().to(self.device)
        )
        rollouts = [one for group in groups for one in group]
        length_O = torch.tensor([len(one.completion.ids) for one in rollouts], device=self.device)
        answer_T = torch.arange(len(rollouts), device=self.device).repeat_interleave(length_O)
        weight_T = token_weights(answer_T, len(rollouts), settings.normalization, settings.max_tokens)
        # An answer of advantage 0 has no gradient: without a KL term there is no use in reading it again.
        is_read_O = (advantage_O != 0) | (self.reference is not None)
        numbers = is_read_O.nonzero()[:, 0].tolist()
        if not numbers:
            return None
        passes = pack([rollouts[i] for i in numbers], numbers, settings.tokens_per_pass, self.device)
        weights = torch.split(weight_T[is_read_O[answer_T]], [len(part.answer) for part in passes])
        for part, weight in zip(passes, weights, strict=True):
            self._pass(part, advantage_O[part.answer], weight, totals)
        norm = self.optimizer.step(share)
        self.optimizer.zero_grad()
        return norm

    def _pass(self, part: Pass, advantage_T: Tensor, weight_T: Tensor, totals: UpdateTotals) -> None:
        """Forward and backward over one packed row."""
        settings = self.settings
        logp_T, entropy_T = answer_logprobs(self.model, part, settings.temperature, self.tape)
        terms_T = grpo_terms(logp_T, part.sampled_logp, advantage_T, settings.clip_low, settings.clip_high)
        kl_T = None
        if self.reference is not None:
            with torch.no_grad():
                reference_T, _ = answer_logprobs(self.reference, part, settings.temperature)
            kl_T = k3(logp_T, reference_T)
            terms_T = terms_T + settings.kl_weight * kl_T
        loss = (terms_T * weight_T).sum()
        torch.autograd.backward(loss)
        clip = (settings.clip_low, settings.clip_high)
        totals.add(loss, logp_T.detach() - part.sampled_logp, entropy_T, kl_T, clip)

    def _is_refresh(self, step: int) -> bool:
        every = self.settings.refresh_reference_every
        return bool(every) and (step + 1) % every == 0

    def _refuse_long_answers(self) -> None:
        longest, room = self.settings.max_tokens, self.llm.engine.max_length
        if longest >= room:
            raise ConfigError(
                f"answers may have {longest} tokens, and the model's context holds {room}, prompt included.",
                f"lower max_tokens below {room}, or start from a model with a longer context",
            )

    def _refuse_without_verdicts(self, metrics: Mapping[str, float]) -> None:
        if metrics["unscored_share"] > 0.5:
            raise TrainingError(
                f"{metrics['unscored_share']:.0%} of the answers could not be judged.",
                "look at the reasons in the run's rollouts; the grader is at fault, not the model",
            )

    def _pass_gate(self) -> None:
        """Raises TrainingError where too few problems have a right answer among a group's."""
        settings = self.settings
        if not settings.gate.min_pass_at_k or settings.control:
            return
        params = SamplingParams(
            n=settings.answers, temperature=settings.temperature, max_tokens=settings.max_tokens
        )
        problems = self.source.some_of_each_kind(settings.gate.num_problems)
        rates = pass_at_k(self.llm, problems, params, self.judge, self.seed)
        refuse_hopeless_start(rates, settings.answers, settings.gate)
        write_gate(self.folder, rates, settings.answers, settings.gate)

    def warnings(self, metrics: Mapping[str, float]) -> list[str]:
        """Signs of collapse after a step with these metrics."""
        return self.watch.warnings(metrics)

    def _measure_before(self, step: int) -> dict[str, float]:
        """pass@1 on held-out problems, at the start of a step that is due."""
        every = self.settings.evaluate_every
        is_due = step == 0 or (every and step % every == 0)
        if not is_due or not self.settings.num_held_out:
            return {}
        found = self.held_out.measure(self.llm)
        if step == 0:
            self.held_out.write(self.folder, "before", found)
        return {"pass_at_1": mean_pass_at_1(found)}

    def tensors(self) -> dict[str, Tensor]:
        """Weights, optimizer and reference."""
        kept = policy_tensors(self.model) | {f"optimizer.{n}": t for n, t in self.optimizer.tensors().items()}
        if self.reference is not None:
            kept |= {f"reference.{n}": t for n, t in policy_tensors(self.reference).items()}
        return kept

    def state(self) -> State:
        """Tokens sampled, pass rates, and what was warned of; seeds are functions of the step."""
        return {
            "num_tokens_seen": self.num_tokens_seen,
            "num_tape_rows": 0 if self.tape is None else self.tape.num_rows,
            "source": self.source.state(),
            "watch": self.watch.state(),
        }

    def restore(self, tensors: Mapping[str, Tensor], state: State) -> None:
        """Go on from `tensors` and `state`."""
        load_policy_tensors(self.model, tensors)
        self.optimizer.load(below("optimizer.", tensors))
        if self.reference is not None:
            load_policy_tensors(self.reference, below("reference.", tensors))
        self.num_tokens_seen = state["num_tokens_seen"]
        # What the tape has no room for is computed anew, and may differ from it in the last bits.
        num_rows = state.get("num_tape_rows")
        if self.tape is not None and num_rows not in (None, self.tape.num_rows):
            self.tape = Tape(self.model, num_rows) if num_rows else None
        self.source.restore(state["source"])
        self.watch.restore(state["watch"])

    def finish(self, folder: Path) -> None:
        """Write the model folder and pass@1 before and after."""
        dtype = getattr(torch, self.settings.stored_dtype)
        heat = self.settings.recommended_temperature
        save_policy(self.model, self.tokenizer, folder / MODEL, dtype, heat, self.llm.template)
        if self.settings.num_held_out:
            self.held_out.write(self.folder, "after", self.held_out.measure(self.llm))
