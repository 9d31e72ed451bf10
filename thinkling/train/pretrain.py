"""Pretraining: shards -> packed rows -> transformer -> next-token loss, with MTP and balanced experts.

DeepSeek-V3, sections 2.1.2, 2.2 and 4: loss = CE + lambda MTP + alpha balance, then each layer's selection
bias moves towards an even load.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from thinkling.data.loader import RowLoader
from thinkling.data.shards import open_shards
from thinkling.errors import ConfigError
from thinkling.models.linear import set_compute_dtype
from thinkling.models.moe import MoE, Routing
from thinkling.models.presets import preset_named
from thinkling.models.transformer import Hidden, Transformer
from thinkling.objectives import balance, next_token
from thinkling.text.special import ASSISTANT
from thinkling.text.tokenizer import Tokenizer
from thinkling.train.checkpoint import below
from thinkling.train.layout import Layout, apart, joined
from thinkling.train.optimizer import Optimizer, learning_rate_share
from thinkling.train.policy import (
    compute_dtype,
    load_policy_tensors,
    new_policy,
    policy_tensors,
    save_policy,
)
from thinkling.train.pretrain_settings import PretrainSettings
from thinkling.train.rollout_log import Measurement, read_measurements, write_measurements
from thinkling.train.stage import MODEL, RunContext, State
from thinkling.weights.read import load_model


def build(settings: PretrainSettings, context: RunContext) -> Pretrain:
    """The stage, reading the primer's shards and tokenizer."""
    primer = context.needs("primer")
    if settings.start == "earlier":
        settings = settings.model_copy(update={"start": str(context.latest_model())})
    return Pretrain(settings, primer, context.folder, context.seed, context.device)


class Pretrain:
    """One pretraining run."""

    name = "pretrain"

    def __init__(
        self, settings: PretrainSettings, primer: Path, folder: Path, seed: int, device: str
    ) -> None:
        """Raises ConfigError where the model cannot read the primer, TaskError where a shard is damaged."""
        self.settings = settings
        self.num_steps = settings.steps
        self.folder, self.device = folder, device
        self.tokenizer = Tokenizer.load(primer)
        self.ids = _control_ids(self.tokenizer)
        self.shards = open_shards(primer)
        num_apart = min(settings.validation_rows, self.shards.num_rows // 20)
        self.loader = RowLoader(self.shards, settings.rows_per_step, seed, num_apart)
        self.model = self._first_model(seed)
        room = self.model.config.context_length
        if self.shards.row_length > room:
            raise ConfigError(
                f"the primer's rows have {self.shards.row_length} tokens, the model's context {room}.",
                "lower row_length in the primer, or raise context_length",
            )
        self.optimizer = Optimizer(dict(self.model.named_parameters()), settings.optimizer)
        self.num_tokens_seen = 0

    def _first_model(self, seed: int) -> Transformer:
        """A new model of the primer's vocabulary, or the one to go on with."""
        settings = self.settings
        if settings.start is not None:
            start = Path(settings.start)
            if not self.tokenizer.is_same_as(Tokenizer.load(start)):
                raise ConfigError(
                    f"the model {start} has another vocabulary than the primer.",
                    "put the primer that it was trained with before this one",
                )
            model = load_model(start).train().to(self.device)
            set_compute_dtype(model, compute_dtype(settings.precision, self.device))
            return model
        config = preset_named(settings.preset) if settings.preset else settings.model
        assert config is not None
        config = config.model_copy(update={"vocab_size": self.tokenizer.vocab_size})
        return new_policy(config, settings.init_std, seed, self.device, settings.precision)

    def step(self, step: int) -> dict[str, float]:
        """One optimizer step over `rows_per_step` rows."""
        measured = self._measure_before(step)
        start = time.perf_counter()
        ids_BS = torch.from_numpy(self.loader.rows(step)).to(self.device)
        num_targets = int(self._targets(ids_BS, 1, joined(ids_BS, self.ids.pad))[1].sum())
        is_joined = self.settings.documents == "joined"
        num_sequences = len(ids_BS) if is_joined else int((ids_BS == self.ids.document).sum())
        totals: dict[str, float] = {"loss": 0.0, "mtp_loss": 0.0, "balance_loss": 0.0}
        loads: list[Tensor] = []
        rows = max(1, self.settings.tokens_per_pass // ids_BS.shape[1])
        for part in torch.split(ids_BS, rows):
            self._pass(part, num_targets, num_sequences, totals, loads)
        share = learning_rate_share(step, self.num_steps, self.settings.optimizer)
        norm = self.optimizer.step(share)
        self.optimizer.zero_grad()
        is_still = step >= self.num_steps * (1 - self.settings.bias_still_share)
        violation = self._balance(loads, 0.0 if is_still else self.settings.bias_rate)
        self.num_tokens_seen += ids_BS.numel()
        if self.model.mtp is None:
            del totals["mtp_loss"]
        if loads:
            totals["max_violation"] = violation
        else:
            del totals["balance_loss"]
        return (
            measured
            | totals
            | {
                "lr": share * self.settings.optimizer.lr,
                "gradient_norm": norm,
                "tokens_per_s": ids_BS.numel() / (time.perf_counter() - start),
                "tokens_seen": float(self.num_tokens_seen),
            }
        )

    def _pass(
        self,
        ids_BS: Tensor,
        num_targets: int,
        num_sequences: int,
        totals: dict[str, float],
        loads: list[Tensor],
    ) -> None:
        """Forward and backward over some rows; adds to `totals` and `loads`."""
        layout = self._layout(ids_BS)
        hidden = self.model(layout.ids_T, layout.positions_T, layout.attend)
        targets = self._targets(ids_BS, 1, layout)
        loss = self._loss_sum(hidden.states_TD, *targets) / num_targets
        totals["loss"] += loss.item()
        routings = list(hidden.routings)
        if self.model.mtp is not None:
            mtp_loss, routing = self._mtp_loss(hidden, ids_BS, targets[0], layout)
            mtp_loss = mtp_loss / num_targets
            totals["mtp_loss"] += mtp_loss.item()
            loss = loss + self.settings.mtp_weight * mtp_loss
            if routing is not None:
                routings.append(routing)
        real = layout.is_real_T.nonzero()[:, 0]
        for layer, routing in enumerate(routings):
            num_experts, num_active = routing.scores_TE.shape[1], routing.experts_TA.shape[1]
            balance_sum = balance.sequence_balance_loss(
                routing.scores_TE, num_active, layout.sequence_T, layout.num_sequences
            )
            balance_loss = balance_sum / num_sequences
            totals["balance_loss"] += balance_loss.item()
            loss = loss + self.settings.balance_weight * balance_loss
            load_E = balance.expert_load(routing.experts_TA.index_select(0, real), num_experts)
            if layer < len(loads):
                loads[layer] += load_E
            else:
                loads.append(load_E)
        torch.autograd.backward(loss)

    def _layout(self, ids_BS: Tensor) -> Layout:
        if self.settings.documents == "joined":
            return joined(ids_BS, self.ids.pad)
        return apart(ids_BS, self.ids.document, self.ids.pad)

    def _mtp_loss(
        self, hidden: Hidden, ids_BS: Tensor, next_ids_T: Tensor, layout: Layout
    ) -> tuple[Tensor, Routing | None]:
        """The sum of the MTP terms, and where its block sent the tokens."""
        states_TD, routing = self.model.look_ahead(hidden, next_ids_T, layout.attend)
        return self._loss_sum(states_TD, *self._targets(ids_BS, 2, layout)), routing

    def _targets(self, ids_BS: Tensor, ahead: int, layout: Layout) -> tuple[Tensor, Tensor]:
        """The token that each position predicts `ahead` tokens later, and 1 where it is learned."""
        ids_T, is_target_T = next_token.targets_ahead(ids_BS, ahead, self.ids.pad)
        if self.settings.documents == "apart":
            is_target_T *= next_token.is_same_document(ids_BS, ahead, self.ids.document)
        if self.settings.learns == "answers":
            marks = (self.ids.assistant, self.ids.end, self.ids.document)
            is_target_T *= torch.roll(next_token.is_last_answer(ids_BS, *marks), -ahead)
        source_T = layout.source_T
        return ids_T.index_select(0, source_T), is_target_T.index_select(0, source_T) * layout.is_real_T

    def _loss_sum(self, states_TD: Tensor, targets_T: Tensor, is_target_T: Tensor) -> Tensor:
        """Only states that predict something meet the head."""
        rows = is_target_T.nonzero()[:, 0]
        if len(rows) < 0.9 * len(states_TD):
            states_TD, targets_T = states_TD.index_select(0, rows), targets_T.index_select(0, rows)
            return next_token.next_token_terms(self.model.logits(states_TD), targets_T).sum()
        return (next_token.next_token_terms(self.model.logits(states_TD), targets_T) * is_target_T).sum()

    @torch.no_grad()
    def _balance(self, loads: list[Tensor], rate: float) -> float:
        """Move every selection bias by the loads of the whole step; returns the largest violation."""
        routers = [ffn.router for ffn in mixtures(self.model)]
        for router, load_E in zip(routers, loads, strict=True):
            if rate and router.correction_bias is not None:
                router.correction_bias += balance.bias_step(load_E, rate)
        return max((balance.max_violation(load_E) for load_E in loads), default=0.0)

    def warnings(self, metrics: Mapping[str, float]) -> list[str]:
        """None."""
        return []

    def _measure_before(self, step: int) -> dict[str, float]:
        """The validation loss at the start of a step that is due."""
        if step % self.settings.evaluate_every or not self.loader.num_apart:
            return {}
        loss = self.validation_loss()
        if step == 0:
            self._write_measurement(loss, None)
        return {"validation_loss": loss}

    @torch.no_grad()
    def validation_loss(self) -> float:
        """Mean loss in nats of the tokens that are learned, in rows that are never trained on."""
        total, count = 0.0, 0
        rows = max(1, self.settings.tokens_per_pass // self.shards.row_length)
        for part in torch.split(torch.from_numpy(self.loader.apart()).to(self.device), rows):
            layout = self._layout(part)
            hidden = self.model(layout.ids_T, layout.positions_T, layout.attend)
            targets_T, is_target_T = self._targets(part, 1, layout)
            total += self._loss_sum(hidden.states_TD, targets_T, is_target_T).item()
            count += int(is_target_T.sum())
        return total / max(1, count)

    def _write_measurement(self, before: float | None, after: float | None) -> None:
        earlier = read_measurements(self.folder)
        known = before if before is not None or not earlier else earlier[0].before
        row = Measurement(
            name="validation loss, nats a token",
            before=known,
            after=after,
            num_problems=self.loader.num_apart,
            is_share=False,
        )
        write_measurements(self.folder, [row])

    def tensors(self) -> dict[str, Tensor]:
        """Weights, biases and optimizer."""
        optimizer = {f"optimizer.{name}": tensor for name, tensor in self.optimizer.tensors().items()}
        return policy_tensors(self.model) | optimizer

    def state(self) -> State:
        """How many tokens were seen; the loader is a function of the step."""
        return {"num_tokens_seen": self.num_tokens_seen}

    def restore(self, tensors: Mapping[str, Tensor], state: State) -> None:
        """Go on from `tensors` and `state`."""
        load_policy_tensors(self.model, tensors)
        self.optimizer.load(below("optimizer.", tensors))
        self.num_tokens_seen = state["num_tokens_seen"]

    def finish(self, folder: Path) -> None:
        """Write the model folder, and the validation loss."""
        if self.loader.num_apart:
            self._write_measurement(None, self.validation_loss())
        save_policy(self.model, self.tokenizer, folder / MODEL, getattr(torch, self.settings.stored_dtype))


@dataclass(frozen=True, slots=True)
class ControlIds:
    """Tokens that mark a text: padding, the start of a document, the assistant's turn and its end."""

    pad: int
    document: int
    assistant: int
    end: int


def _control_ids(tokenizer: Tokenizer) -> ControlIds:
    found = (tokenizer.pad_id, tokenizer.bos_id, tokenizer.id_of(ASSISTANT), tokenizer.eos_id)
    known = [index for index in found if index is not None]
    if len(known) < len(found):
        raise ConfigError("the primer's tokenizer lacks a control token.", "make the primer anew")
    return ControlIds(*known)


def mixtures(model: Transformer) -> list[MoE]:
    """The mixture layers in the order of their routings, the MTP block's last."""
    return [module for module in model.modules() if isinstance(module, MoE)]
