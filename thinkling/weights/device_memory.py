"""Memory that is free on a device of torch."""

from __future__ import annotations

import torch

from thinkling.weights.memory import free_memory


def free_bytes(device: torch.device) -> int:
    """Memory that nobody uses, in bytes."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    if device.type == "mps":
        return torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory()
    return free_memory()
