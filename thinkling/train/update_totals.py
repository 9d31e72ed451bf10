"""What an update did, summed over its passes: the numbers that tell whether trainer and sampler agree."""

from __future__ import annotations

import torch
from torch import Tensor


class UpdateTotals:
    """Sums over the passes of a step, and the metrics they become."""

    def __init__(self) -> None:
        self.loss = self.entropy = self.kl = self.gradient_norm = 0.0
        self.num_tokens = self.num_clipped_low = self.num_clipped_high = 0
        self.gap = 0.0
        self.is_on_policy = True
        """Until the first update: only then must trainer and sampler agree."""
        self.ratio_max = 0.0

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
        self.loss += loss.item()
        self.num_tokens += len(ratio_T)
        self.entropy += entropy_T.sum().item()
        self.kl += 0.0 if kl_T is None else kl_T.sum().item()
        if self.is_on_policy:
            self.gap = max(self.gap, log_ratio_T.abs().max().item())
        self.ratio_max = max(self.ratio_max, ratio_T.max().item())
        self.num_clipped_low += int((ratio_T < 1 - clip[0]).sum())
        self.num_clipped_high += int((ratio_T > 1 + clip[1]).sum())

    def metrics(self, has_reference: bool) -> dict[str, float]:
        """Means over the tokens that were learned from; without any, only that nothing was learned."""
        found = {"loss": self.loss, "gradient_norm": self.gradient_norm}
        if not self.num_tokens:
            return found
        found |= {
            "entropy": self.entropy / self.num_tokens,
            "logp_gap": self.gap,
            "ratio_max": self.ratio_max,
            "clip_low_share": self.num_clipped_low / self.num_tokens,
            "clip_high_share": self.num_clipped_high / self.num_tokens,
        }
        return found | ({"kl": self.kl / self.num_tokens} if has_reference else {})
