"""The verbs that answer, with a real model: a small one with random weights, saved as any model folder is."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from thinkling.cli.main import run
from thinkling.models.presets import PRESETS
from thinkling.models.transformer import Transformer
from thinkling.text.template import Template
from thinkling.text.tokenizer import Tokenizer
from thinkling.weights.write import save_model


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("model")
    tokenizer = Tokenizer.train(["What's 12 times 14? 168"], 400)
    config = PRESETS["thinkling-dense-tiny"].model_copy(update={"vocab_size": tokenizer.vocab_size})
    model = Transformer(config)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.02)
    save_model(
        model, path, tokens={"eos_token_id": tokenizer.eos_id or 0, "bos_token_id": tokenizer.bos_id or 0}
    )
    tokenizer.save(path, config.context_length)
    Template.default().save(path)
    return path


@dataclass(frozen=True)
class Result:
    """What a command line returned and wrote."""

    returncode: int
    stdout: str
    stderr: str


Program = Callable[..., Result]


@pytest.fixture
def thinkling(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Program:
    """The program, in this process: torch is loaded once."""

    def call(*words: object, stdin: str = "") -> Result:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        exit_code = run([str(word) for word in words])
        return Result(exit_code, *capsys.readouterr())

    return call


def test_a_question_without_a_verb_is_answered_as_json(folder: Path, thinkling: Program) -> None:
    result = thinkling("What's 12 times 14?", "--model", folder, "--max-tokens", 9, "--seed", 1, "--json")
    assert result.returncode == 0, result.stderr
    reply = json.loads(result.stdout)
    assert list(reply) == ["content", "reasoning", "finish_reason", "usage", "timings"]
    assert reply["finish_reason"] == "length"
    assert reply["usage"]["completion_tokens"] == 9


def test_the_streamed_answer_is_the_one_of_the_json(folder: Path, thinkling: Program) -> None:
    words = ("Hello?", "--model", folder, "--max-tokens", 12, "--seed", 3, "--think", "off")
    streamed = thinkling(*words)
    content = json.loads(thinkling(*words, "--json").stdout)["content"]
    printable = "".join(c for c in content if c in "\n\t" or c.isprintable())
    shown = "".join(c for c in streamed.stdout if c in "\n\t" or c.isprintable())
    assert shown.strip() == printable.strip()
    assert "cut off after 12 tokens" in streamed.stderr


def test_chat_answers_each_line_of_a_pipe(folder: Path, thinkling: Program) -> None:
    result = thinkling("chat", "--model", folder, "--max-tokens", 5, stdin="one\n/clear\ntwo\n")
    assert result.returncode == 0, result.stderr
    questions = [line for line in result.stdout.splitlines() if line in ("> one", "> /clear", "> two")]
    assert questions == ["> one", "> /clear", "> two"]


def test_chat_without_input_answers_the_example(folder: Path, thinkling: Program) -> None:
    result = thinkling("chat", "--model", folder, "--max-tokens", 5, "--fold")
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("> What's 12 times 14?\n")


def test_chat_with_standard_input_closed_answers_the_example(folder: Path) -> None:
    command = f"{sys.executable} -m thinkling chat --model {folder} --max-tokens 5 <&-"
    result = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("> What's 12 times 14?\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("x " * 900, "--model", "FOLDER"), "tokens"),
        (("hi", "--model", "/nowhere/at/all"), "there is no model folder at /nowhere/at/all"),
        (("hi", "--model", "."), "config.json"),
    ],
)
def test_what_a_model_cannot_do_is_one_sentence_with_a_hint(
    words: tuple[str, ...], message: str, folder: Path, thinkling: Program
) -> None:
    result = thinkling(*(str(folder) if word == "FOLDER" else word for word in words))
    assert result.returncode == 2
    assert message in result.stderr
    assert "\nHint: " in result.stderr
    assert "Traceback" not in result.stderr
