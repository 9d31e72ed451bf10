"""Runs the model over one batch: arrays in, sampled tokens out."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from thinkling.engine.attend import Decode, Read
from thinkling.engine.batch import ROWS, DecodeBatch, ReadBatch, Running
from thinkling.engine.pool import Pool
from thinkling.engine.sampler import Draws, sample
from thinkling.models.transformer import Transformer


class Runner:
    """The model and its cache."""

    def __init__(self, model: Transformer, pool: Pool) -> None:
        self.model, self.pool = model, pool
        self.device = pool.layers.device

    @torch.no_grad()
    def read(self, batch: ReadBatch, pieces: list[int]) -> Tensor:
        """Take pieces of prompts into the cache; the logits after those numbered in `pieces` [pieces, V]."""
        attend = Read(self.pool, batch)
        hidden = self.model(self._tensor(batch.ids), self._tensor(batch.positions), attend)
        last = np.pad(batch.last[np.array(pieces, np.int64)], (0, -len(pieces) % ROWS))
        return self.model.logits(hidden.states_TD.index_select(0, self._tensor(last)))[: len(pieces)]

    def weights_version(self) -> int:
        """A number that changes with every change of a weight in place."""
        return sum(parameter._version for parameter in self.model.parameters())

    @torch.no_grad()
    def decode(self, batch: DecodeBatch) -> Tensor:
        """One token for every row; returns their next logits [rows, V]."""
        attend = Decode(self.pool, batch)
        hidden = self.model(self._tensor(batch.ids), self._tensor(batch.positions), attend)
        return self.model.logits(hidden.states_TD)[: len(batch.rows)]

    def sample(
        self, logits_TV: Tensor, running: Running, rows: np.ndarray, position: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Token ids and log-probabilities for the table's `rows`, to stand at `position`."""
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
        ids_T, logp_T = sample(logits_TV, draws)
        return ids_T.cpu().numpy(), logp_T.cpu().numpy()

    def _tensor(self, array: np.ndarray) -> Tensor:
        return torch.from_numpy(array).to(self.device)
