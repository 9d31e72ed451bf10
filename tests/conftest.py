"""What every test shares: one thread, so that sums come out the same, and no network."""

from __future__ import annotations

import os

# Before any test imports torch or huggingface_hub.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

from thinkling.kernels.library import build

# As a model that is loaded would do: what is tested is what people run.
build()
