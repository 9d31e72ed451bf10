"""`thinkling pull` against a hub on this machine: whole, checked, resumed after a kill, then offline."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.oracles.fake_hub import COMMIT, FakeHub, fake_hub
from tests.oracles.small_models import DENSE, random_model
from thinkling.text.tokenizer import Tokenizer
from thinkling.weights.hub import HubName, hub_name
from thinkling.weights.write import save_model

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    tokenizer = Tokenizer.train(["What's 2+2? It is 4."], 290)
    config = DENSE.model_copy(update={"vocab_size": tokenizer.vocab_size, "width": 256})
    save_model(random_model(config), folder, torch.float32, {"eos_token_id": tokenizer.eos_id or 0})
    tokenizer.save(folder, 256)
    (folder / "pytorch_model.bin").write_bytes(b"x" * 5000)
    (folder / "notes.md").write_text("not part of the model")
    return folder


@pytest.fixture
def hub(model: Path) -> Iterator[FakeHub]:
    with fake_hub(model) as hub:
        yield hub


def environment(hub: FakeHub | None, home: Path) -> dict[str, str]:
    address = hub.address if hub else "http://127.0.0.1:9"
    own = {"HF_ENDPOINT": address, "HF_HOME": str(home), "HF_HUB_OFFLINE": "0", "HF_HUB_DISABLE_XET": "1"}
    quiet = {"HF_HUB_DISABLE_PROGRESS_BARS": "1", "OMP_NUM_THREADS": "1"}
    return os.environ | own | quiet | {"PYTHONPATH": str(ROOT)}


def thinkling(hub: FakeHub | None, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "thinkling", *words],
        env=environment(hub, home),
        capture_output=True,
        text=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
    )


def test_a_model_is_pulled_checked_and_then_used_without_a_network(
    hub: FakeHub, model: Path, tmp_path: Path
) -> None:
    done = thinkling(hub, tmp_path, "pull", "lab/tiny", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    folder = Path(found["folder"])
    assert found["commit"] == COMMIT and folder.is_relative_to(tmp_path)
    names = {path.name for path in folder.iterdir()}
    assert names == {path.name for path in model.iterdir()} - {"pytorch_model.bin", "notes.md"}
    assert found["files"] == len(names) and found["checked"] >= 2
    assert all((folder / name).read_bytes() == (model / name).read_bytes() for name in names)
    sent = hub.num_bytes_sent
    assert thinkling(hub, tmp_path, "pull", "lab/tiny").returncode == 0 and hub.num_bytes_sent == sent
    asked = thinkling(None, tmp_path, "hello", "--model", "lab/tiny", "--max-tokens", "3", "--json")
    assert asked.returncode == 0, asked.stderr
    assert json.loads(asked.stdout)["usage"]["completion_tokens"] <= 3


def test_a_model_that_is_not_there_is_pulled_when_it_is_asked(hub: FakeHub, tmp_path: Path) -> None:
    asked = thinkling(hub, tmp_path, "hello", "--model", "lab/tiny@v1", "--max-tokens", "3", "--json")
    assert asked.returncode == 0, asked.stderr
    assert any(f"/resolve/{COMMIT}/" in path or "/resolve/v1/" in path for path in hub.requests)


def test_a_pull_that_was_killed_goes_on_with_the_files_that_are_missing(tmp_path: Path) -> None:
    source, home = tmp_path / "source", tmp_path / "home"
    source.mkdir()
    (source / "config.json").write_text("{}")
    sizes = {"model-00001-of-00002.safetensors": 4 * 2**20, "model-00002-of-00002.safetensors": 30 * 2**20}
    for name, size in sizes.items():
        (source / name).write_bytes(os.urandom(size))
    with fake_hub(source) as hub:
        hub.seconds_per_chunk = 0.05
        words = [sys.executable, "-m", "thinkling", "pull", "lab/tiny"]
        first = subprocess.Popen(words, env=environment(hub, home), stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while hub.num_bytes_sent < 18 * 2**20 and time.monotonic() < deadline:
            time.sleep(0.01)
        first.send_signal(signal.SIGKILL)
        first.wait()
        half = thinkling(None, home, "hello", "--model", "lab/tiny")
        assert half.returncode == 2 and "the hub cannot be reached" in half.stderr
        hub.seconds_per_chunk = 0.0
        before = hub.num_bytes_sent
        done = thinkling(hub, home, "pull", "lab/tiny", "--json")
        assert done.returncode == 0, done.stderr
        assert hub.num_bytes_sent - before == sizes["model-00002-of-00002.safetensors"]
    folder = Path(json.loads(done.stdout)["folder"])
    assert all((folder / name).read_bytes() == (source / name).read_bytes() for name in sizes)


def test_what_another_program_left_in_the_cache_is_completed(hub: FakeHub, tmp_path: Path) -> None:
    """Tokenizer files alone, without a list of what belongs to them, are no model."""
    words = "from huggingface_hub import hf_hub_download as get\n" + "".join(
        f"get('lab/tiny', {name!r})\n" for name in ("config.json", "tokenizer.json", "tokenizer_config.json")
    )
    subprocess.run([sys.executable, "-c", words], env=environment(hub, tmp_path), check=True, timeout=60)
    offline = thinkling(None, tmp_path, "hello", "--model", "lab/tiny")
    assert offline.returncode == 2 and "not whole on this machine" in offline.stderr
    asked = thinkling(hub, tmp_path, "hello", "--model", "lab/tiny", "--max-tokens", "3", "--json")
    assert asked.returncode == 0, asked.stderr


def test_a_file_that_is_not_what_the_hub_says_is_named_and_removed(hub: FakeHub, tmp_path: Path) -> None:
    hub.wrong_checksum_of = "model.safetensors"
    done = thinkling(hub, tmp_path, "pull", "lab/tiny")
    assert done.returncode == 2 and "model.safetensors does not match its checksum" in done.stderr
    assert not [*tmp_path.rglob("model.safetensors")]
    hub.wrong_checksum_of = ""
    assert thinkling(hub, tmp_path, "pull", "lab/tiny").returncode == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["lab/none"], "the hub has no model lab/none"),
        (["lab/gated"], "only to those who accepted its conditions"),
        (["lab/tiny", "--revision", "v9"], "lab/tiny has no revision v9"),
        (["tiny"], "'tiny' is no name of a model"),
    ],
)
def test_what_cannot_be_pulled_is_said(hub: FakeHub, tmp_path: Path, words: list[str], message: str) -> None:
    done = thinkling(hub, tmp_path, "pull", *words)
    assert done.returncode == 2 and message in done.stderr and "Hint: " in done.stderr


def test_without_a_network_the_hub_cannot_be_reached(tmp_path: Path) -> None:
    for words in (["pull", "lab/tiny"], ["hello", "--model", "lab/tiny"]):
        done = thinkling(None, tmp_path, *words)
        assert done.returncode == 2 and "Hint: " in done.stderr, done.stderr


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("deepseek-ai/DeepSeek-R1", HubName("deepseek-ai/DeepSeek-R1")),
        ("a/b.c_d@v1.0", HubName("a/b.c_d", "v1.0")),
        ("a/b@refs/pr/3", HubName("a/b", "refs/pr/3")),
        ("a/b@", None),
        ("runs/r1_zero/model", None),
        ("./a/b", None),
        ("/a/b", None),
        ("a/../b", None),
        ("../b", None),
        ("a/b\n", None),
        ("a--b/c", None),
        ("a/b.git", None),
        ("a/b.", None),
        ("ä/b", None),
        ("a/" + "b" * 95, None),
        ("model", None),
    ],
)
def test_names_of_the_hub_are_told_from_paths(text: str, expected: HubName | None) -> None:
    assert hub_name(text) == expected
