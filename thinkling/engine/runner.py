"""Runs the model over one batch: arrays in, sampled tokens out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import numpy as np
import torch
from torch import Tensor

from thinkling.engine.attend import Decode, Read
from thinkling.engine.batch import ROWS, DecodeBatch
from thinkling.engine.penalties import has_penalties, penalized
from thinkling.engine.pool import Pool
from thinkling.engine.reading import ReadBatch
from thinkling.engine.running import Running
from thinkling.engine.sampler import Draws, sample
from thinkling.models.transformer import Hidden, Transformer
from thinkling.records import TopLogprobs


@dataclass(frozen=True, slots=True)
class Sampled:
    """The tokens of one step: rows of the running table, where their tokens stand, and the tokens."""

    rows: np.ndarray
    position: np.ndarray
    ids: np.ndarray
    logprobs: np.ndarray
    tops: dict[int, TopLogprobs]
    """By place in `rows`: the most likely tokens, where they were asked for."""

    def at(self, places: np.ndarray) -> Sampled:
        """Some of them, in this order."""
        tops = {i: self.tops[place] for i, place in enumerate(places.tolist()) if place in self.tops}
        return Sampled(
            self.rows[places], self.position[places], self.ids[places], self.logprobs[places], tops
        )


@dataclass(frozen=True, slots=True)
class Scored:
    """For some rows the logits of their next token [rows, V], and the states that these were read from."""

    logits_TV: Tensor
    states_TD: Tensor


def _top(logp_V: Tensor, count: int) -> TopLogprobs:
    best = logp_V.topk(min(count, len(logp_V)))
    return tuple(zip(best.indices.tolist(), best.values.tolist(), strict=True))


class Runner:
    """The model and its cache."""

    def __init__(self, model: Transformer, pool: Pool) -> None:
        self.model, self.pool = model, pool
        self.device = pool.layers.device

    @torch.inference_mode()
    def read(self, batch: ReadBatch, pieces: list[int], is_foreseeing: bool) -> Scored:
        """Take pieces of prompts into the cache; what follows those numbered in `pieces`.

        `is_foreseeing`: the cache of multi-token prediction is filled too.
        """
        attend = Read(self.pool, batch)
        hidden = self.model(self._tensor(batch.ids), self._tensor(batch.positions), attend)
        if is_foreseeing:
            self.model.look_ahead(hidden, self._tensor(batch.next_ids), attend)
        last = np.pad(batch.last[np.array(pieces, np.int64)], (0, -len(pieces) % ROWS))
        states_TD = hidden.states_TD.index_select(0, self._tensor(last))
        return Scored(self.model.logits(states_TD)[: len(pieces)], states_TD[: len(pieces)])

    def weights_version(self) -> int:
        """A number that changes when a weight changes, in place or because another takes its place."""
        tensors = chain(self.model.parameters(), self.model.buffers())
        return hash(tuple((one.data_ptr(), one._version) for one in tensors))

    @torch.inference_mode()
    def decode(self, batch: DecodeBatch) -> Scored:
        """One token for every row."""
        attend = Decode(self.pool, batch)
        hidden = self.model(self._tensor(batch.ids), self._tensor(batch.positions), attend)
        count = len(batch.rows)
        return Scored(self.model.logits(hidden.states_TD)[:count], hidden.states_TD[:count])

    @torch.inference_mode()
    def look_ahead(self, states_TD: Tensor, batch: DecodeBatch, wanted: np.ndarray) -> Tensor:
        """Multi-token prediction: logits of the token after the next one, at some places of the batch.

        `batch.ids` are the next tokens, `states_TD` the states before them, in the order in which the batch
        was made, `wanted` the places.
        """
        hidden = Hidden(
            states_TD.index_select(0, self._tensor(batch.order)),
            self.model.positions(self._tensor(batch.positions)),
            (),
        )
        found_TD, _ = self.model.look_ahead(hidden, self._tensor(batch.ids), Decode(self.pool, batch))
        return self.model.logits(found_TD.index_select(0, self._tensor(wanted)))

    @torch.inference_mode()
    def sample(self, logits_TV: Tensor, running: Running, rows: np.ndarray, position: np.ndarray) -> Sampled:
        """A token for each of the table's `rows`, to stand at `position`. The table stays as it is."""
        # What is forced is not drawn: a row that says something again needs no penalties.
        for i in np.flatnonzero(running.is_penalized[rows] & (running.replay[rows] == 0)).tolist():
            row, sequence = rows[i], running.sequence_at(rows[i])
            own = running.ids[row, : running.count[row]]
            if has_penalties(sequence.request.params):
                prompt_ids = sequence.request.distinct_ids()
                logits_TV[i] = penalized(logits_TV[i], sequence.request.params, prompt_ids, own)
            allowed = sequence.constraint.allowed(own) if sequence.constraint else None
            if allowed is not None:
                logits_TV[i].masked_fill_(~self._tensor(allowed), -torch.inf)
        for i in np.flatnonzero(running.is_barred[rows] & (running.replay[rows] == 0)).tolist():
            watch = running.sequence_at(rows[i]).watch
            if watch is not None:
                logits_TV[i, list(watch.barred)] = -torch.inf
        draws = Draws(
            running.seed[rows],
            running.draw[rows],
            position,
            running.temperature[rows],
            running.top_p[rows],
            running.top_k[rows],
            running.min_p[rows],
            running.forced[rows],
        )
        if logits_TV.device.type == "mps":  # has no float64
            logits_TV = logits_TV.cpu()
        drawn = sample(logits_TV, draws)
        num_tops = running.num_tops[rows]
        tops = {i: _top(drawn.logprobs_V(i), int(num_tops[i])) for i in np.flatnonzero(num_tops).tolist()}
        return Sampled(rows, position, drawn.ids_T.cpu().numpy(), drawn.logprobs_T().cpu().numpy(), tops)

    def _tensor(self, array: np.ndarray) -> Tensor:
        return torch.from_numpy(array).to(self.device)
