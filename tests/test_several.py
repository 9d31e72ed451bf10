"""Several models by name: who is in memory, who leaves, and who waits. Real small models."""

from __future__ import annotations

import gc
import threading
import weakref
from pathlib import Path
from typing import Any

import pytest

from tests.oracles.small_models import random_model
from tests.test_llm import FAMILIES, QUESTION, save, sized
from thinkling import LLM, Models, ThinklingError
from thinkling.errors import ModelError, RequestError


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(random_model(sized(FAMILIES["qwen3"])), tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def gigabytes(folder: Path) -> float:
    """What one model takes."""
    return LLM(folder, device="cpu").num_bytes / 1e9


def three(folder: Path, memory_gb: float | None) -> Models:
    return Models(dict.fromkeys("abc", folder), memory_gb, device="cpu")


def test_each_is_loaded_when_it_is_first_used_and_stays(folder: Path) -> None:
    models = three(folder, None)
    assert models.loaded == []
    with models.use("b") as first:
        assert models.loaded == ["b"]
    with models.use("a"):
        pass
    with models.use("b") as again:
        assert again is first
    assert models.loaded == ["a", "b"]


def test_two_who_come_at_once_get_one_model(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    models, both = three(folder, None), threading.Barrier(2, timeout=10)
    entered = models._entered

    def together(*given: Any) -> Any:
        found = entered(*given)
        both.wait()  # neither loads before both are in
        return found

    monkeypatch.setattr(models, "_entered", together)
    got: list[LLM] = []

    def use() -> None:
        with models.use("a") as llm:
            got.append(llm)

    threads = [threading.Thread(target=use, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(got) == 2 and got[0] is got[1]


def test_the_longest_unused_leaves_and_its_memory_is_free(folder: Path, gigabytes: float) -> None:
    models = three(folder, 2.5 * gigabytes)
    with models.use("a") as llm:
        gone = weakref.ref(llm.model)
    del llm
    for name in ("b", "a", "b", "c"):
        with models.use(name):
            pass
    assert models.loaded == ["b", "c"]
    gc.collect()
    assert gone() is None


def test_a_model_that_is_in_use_never_leaves(folder: Path, gigabytes: float) -> None:
    models = three(folder, 2.5 * gigabytes)
    with models.use("a") as a, models.use("b"):
        with pytest.raises(RequestError, match=r"'c' needs .* a, b in use"), models.use("c"):
            pass
        assert models.loaded == ["a", "b"]
        assert a.chat(QUESTION, max_tokens=4, seed=0).usage.completion_tokens
    with models.use("c"):
        pass
    assert models.loaded == ["a", "c"]  # b's block was left first


def test_the_patient_wait_until_an_answer_is_finished(folder: Path, gigabytes: float) -> None:
    models = three(folder, 1.5 * gigabytes)
    is_in, order = threading.Event(), list[str]()

    def wait_for_b() -> None:
        is_in.set()
        with models.use("b", patience_s=30):
            order.append("b")

    with models.use("a"):
        waiting = threading.Thread(target=wait_for_b)
        waiting.start()
        is_in.wait()
        waiting.join(0.2)
        order.append("a")
    waiting.join(30)
    assert order == ["a", "b"]
    assert models.loaded == ["b"]


def test_two_threads_load_a_model_once(folder: Path) -> None:
    models, found = three(folder, None), list[LLM]()

    def use() -> None:
        with models.use("a") as llm:
            found.append(llm)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == 4
    assert len(set(map(id, found))) == 1


def test_a_model_that_cannot_be_loaded_takes_no_place(folder: Path, tmp_path: Path, gigabytes: float) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "config.json").write_bytes((folder / "config.json").read_bytes())
    models = Models({"good": folder, "broken": broken}, 1.5 * gigabytes, device="cpu")
    for _ in range(2):
        with pytest.raises(ModelError), models.use("broken"):
            pass
    with models.use("good"):
        assert models.loaded == ["good"]


def test_what_a_cache_has_taken_counts(folder: Path) -> None:
    llm = LLM(folder, device="cpu")
    before = llm.num_bytes
    llm.chat(QUESTION, max_tokens=40, seed=0)
    assert llm.num_bytes > before


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: Models({}), "no model is named"),
        (lambda folder: Models({"a": folder}, 0), "memory_gb is 0"),
        (lambda folder: Models({"small": folder}).use("smal").__enter__(), "did you mean 'small'"),
        (lambda folder: Models({"a": folder}, 1e-6).use("a").__enter__(), "not even with no other model"),
        (lambda folder: Models({"a": folder}, quantization="int2").use("a").__enter__(), "int2"),
    ],
)
def test_mistakes_are_said(make: object, message: str, folder: Path) -> None:
    with pytest.raises(ThinklingError, match=f"(?i){message}"):
        make(folder)  # type: ignore[operator]
