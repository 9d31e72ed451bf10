"""OpenAI's client for Node, as `conformance.mjs` drives it. Its package comes from npm: a slow test."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.serve.served import served, stored
from tests.test_llm import speaking

pytestmark = pytest.mark.slow
OPENAI = "openai@7.59.0"
SCRIPT = Path(__file__).parent / "conformance.mjs"


def test_openais_client_for_node_is_served(tmp_path: Path) -> None:
    assert shutil.which("npm"), "`.ci/run` installs Node; by hand: apt-get install nodejs npm"
    shutil.copy(SCRIPT, tmp_path)
    subprocess.run(
        ["npm", "install", OPENAI, "--no-audit", "--no-fund"],
        cwd=tmp_path, check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    wild = stored(speaking("ab", "cd", context_length=2048), tmp_path / "wild")
    with served({"thinkling": None, "wild": wild}) as running:
        done = subprocess.run(
            ["node", SCRIPT.name, running.url, "thinkling", "wild"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        running.wait_until_idle()
    assert done.stdout.count("holds") == 4
