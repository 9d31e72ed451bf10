"""What the tests of the kernels need: a compiler. `.ci/run` installs one."""

from __future__ import annotations

import pytest

from thinkling.kernels.library import library, state

needs_kernels = pytest.mark.skipif(library() is None, reason=f"kernels: {state()}")
