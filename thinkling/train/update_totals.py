"""What an update did, summed over its passes: the numbers that tell whether trainer and sampler agree."""

from __future__ import annotations

from statistics import fmean

import torch
from torch import Tensor


class UpdateTotals:
    """Sums over the passes of a step, and the metrics they become. Nothing leaves the device until then."""

    def __init__(self) -> None:
        self.num_tokens = 0
        self.is_on_policy = True
        """Until the first update: only then must trainer and sampler agree."""
        self._norms: list[float] = []
        self._sums: dict[str, Tensor] = {}
        self._most: dict[str, Tensor] = {}

    @torch.no_grad()
    def add(
        self,
        loss: Tensor,
        log_ratio_T: Tensor,
        entropy_T: Tensor,
        kl_T: Tensor | None,
        clip: tuple[float, float],
    ) -> None:
        """Count one pass; the log-ratio is new against sampled, before clipping to `clip` (low, high)."""
        ratio_T = log_ratio_T.exp()
        self.num_tokens += len(ratio_T)
        sums = {
            "loss": loss.detach(),
            "entropy": entropy_T.sum(),
            "clip_low_share": (ratio_T < 1 - clip[0]).sum(),
            "clip_high_share": (ratio_T > 1 + clip[1]).sum(),
        }
        if kl_T is not None:
            sums["kl"] = kl_T.sum()
        most = {"ratio_max": ratio_T.max()}
        if self.is_on_policy:
            most["logp_gap"] = log_ratio_T.abs().max()
        for name, value in sums.items():
            self._sums[name] = value + self._sums.get(name, 0)
        for name, value in most.items():
            self._most[name] = torch.maximum(value, self._most.get(name, value))

    def end_update(self, gradient_norm: float) -> None:
        """The optimizer has made a step of what was counted since the last one."""
        self._norms.append(gradient_norm)
        self.is_on_policy = False

    def metrics(self) -> dict[str, float]:
        """Means over the tokens that were learned from, `loss` and `gradient_norm` over the updates.

        Without any, only that nothing was learned.
        """
        if not self._sums:
            return {"loss": 0.0, "gradient_norm": 0.0}
        found = {name: value.item() / self.num_tokens for name, value in self._sums.items()}
        found |= {name: value.item() for name, value in self._most.items()}
        return found | {
            "loss": self._sums["loss"].item() / len(self._norms),
            "gradient_norm": fmean(self._norms),
        }
