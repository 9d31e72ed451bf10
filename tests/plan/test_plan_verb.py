"""The verb: its subcommands answer, without torch, as text and as JSON; the page needs nothing from
elsewhere."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thinkling.cli import here
from thinkling.cli.here import graphics, measure
from thinkling.cli.main import run
from thinkling.cli.plan import plan
from thinkling.plan.at_home import answer_home
from thinkling.plan.hardware import DEVICES
from thinkling.weights.memory import free_memory

COMMANDS = (
    "plan count --model deepseek-r1",
    "plan count --model thinkling/assets --context 512",
    "plan fit --model deepseek-r1 --memory 24GB",
    "plan fit --model thinkling/assets",
    "plan fit --model R1-Distill-Qwen-7B --memory 80GB --to reinforce --lora 16 --batch 64",
    "plan fit --model deepseek-v3 --memory 80GB --to train --devices 2048 --pipeline 16 --expert 64 --zero 1",
    "plan serve --model deepseek-r1 --device h200 --devices 8 --batch 64 --speculate --against deepseek-r1",
    "plan serve --model llama-3.1-8b --device m4-max --quantize int4",
    "plan train --model deepseek-v3 --tokens 14.8T --fp8 --device h800 --devices 2048",
    "plan reinforce --model R1-Distill-Qwen-7B --phases 100 --devices 8",
    "plan distill --model deepseek-r1 --student R1-Distill-Qwen-7B --prompts 800k --devices 64",
    "plan evaluate --model R1-Distill-Qwen-7B --problems 500 --samples 16 --against o1",
    "plan price --hit 342G --miss 266G --output 168G",
    "plan price --device h100 --devices 8",
)


def words(command: str) -> list[str]:
    root = str(Path(__file__).parents[2])
    return [word.replace("thinkling/assets", f"{root}/thinkling/assets") for word in command.split()]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_figure_has_a_formula_a_range_and_a_unit(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*words(command), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out, parse_constant=no_json)
    assert set(answer) == {"question", "verdict", "figures", "ways", "notes", "assumptions"}
    assert answer["verdict"].endswith(".") and answer["figures"]
    for figure in answer["figures"]:
        check_figure(figure)
    assert all(set(way) == {"action", "effect", "is_enough"} for way in answer["ways"])


def no_json(text: str) -> None:
    raise AssertionError(f"{text} is no JSON")


def check_figure(figure: dict[str, Any]) -> None:
    assert set(figure) == {"name", "value", "low", "high", "unit", "dominated_by", "formula", "inputs"}
    assert figure["formula"]
    assert figure["low"] <= figure["value"] <= figure["high"]
    assert (figure["low"] < figure["high"]) == (figure["dominated_by"] is not None)


@pytest.mark.parametrize("command", COMMANDS)
def test_people_read_the_verdict_first_and_the_formula_under_each_figure(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(words(command)) == 0
    text = capsys.readouterr().out
    assert run([*words(command), "--brief"]) == 0
    brief = capsys.readouterr().out
    assert text.splitlines()[0] == brief.splitlines()[0]
    assert "\n    = " in text and "\n    = " not in brief


def test_fit_says_no_for_r1_and_what_would(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words("plan fit --model deepseek-r1 --memory 24GB")) == 0
    text = capsys.readouterr().out
    assert text.startswith("No: deepseek-r1 in fp8")
    assert "What would help, the cheapest first:" in text
    assert "+ r1-distill-qwen-32b in int4" in text


def test_reinforcement_samples_more_than_one_answer_where_nothing_is_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(words("plan fit --model r1-distill-qwen-7b --memory 80GB --to reinforce")) == 0
    text = capsys.readouterr().out
    assert "and 64 answers of 4,096 tokens at once" in text.splitlines()[0]
    assert "cache of the sampler" in text and "15.03 GB" in text


def test_a_window_is_never_longer_than_the_model_was_made_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words("plan count --model thinkling/assets")) == 0
    assert "window 512 tokens" in capsys.readouterr().out
    assert run(words("plan train --model thinkling/assets --tokens 1G")) == 0
    assert "row 512 tokens" in capsys.readouterr().out


def test_devices_are_listed_with_their_sources(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", "devices", "--json"]) == 0
    listed = {one["name"]: one for one in json.loads(capsys.readouterr().out)}
    assert {"h800", "h100", "h200", "a100", "b200", "rtx4090", "rtx5090", "m4-max", "epyc-9654"} <= set(
        listed
    )
    assert all(one["source"] and one["price_source"] for one in listed.values())
    assert run(["plan", "devices"]) == 0
    assert "NVIDIA data sheet H100 SXM" in capsys.readouterr().out


def test_reproduce_tells_that_everything_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", "reproduce"]) == 0
    assert capsys.readouterr().out.rstrip().endswith("Every identity and every forecast holds.")
    assert run(["plan", "reproduce", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["has_held"] is True


@pytest.mark.parametrize(
    ("command", "words_"),
    [
        ("plan fit --model r1 --memory plenty", "'plenty' is no amount of memory"),
        ("plan fit --model r1 --memory 1e400GB", "'1e400GB' is no amount of memory"),
        (
            "plan fit --model r1 --memory 80GB --to train --devices 3 --tensor 3",
            "128 heads cannot be cut over tensor",
        ),
        (
            "plan fit --model r1 --memory 80GB --to train --devices 3 --tensor 2",
            "3 devices cannot be laid out",
        ),
        ("plan fit --model r1 --memory 80GB --devices 4 --tensor 2", "--tensor changes nothing"),
        ("plan fit --model r1 --memory 80GB --lora 16", "--lora changes nothing"),
        ("plan fit --model r1 --memory 80GB --to train --batch 9", "--batch changes nothing"),
        ("plan fit --model r1 --memory 80GB --to reinforce --cache fp8", "--cache changes nothing"),
        ("plan fit --model r1 --memory 80GB --to train --quantize int4", "int4 cannot be trained"),
        ("plan fit --model llama-2-7b --memory 80GB --to reinforce --context 5000", "5,000 tokens is asked"),
        ("plan count --model llama-2-7b --context 5000", "5,000 tokens is asked for"),
        ("plan serve --model llama-2-7b --speculate", "no multi-token prediction module"),
        ("plan reinforce --model r1-distill-qwen-7b --speculate", "no multi-token prediction module"),
        ("plan serve --model r1 --device h20 --against o1", "No hourly price is known for 'h20'"),
        ("plan serve --model llama-2-7b --here --device h100", "either --here or --device"),
        ("plan train --model r1 --tokens 1e308T", "'1e308T' is no number"),
        ("plan train --model r1 --tokens 1T --rent nan", "nan is no number that can be calculated with"),
        ("plan train --model r1 --tokens 1T --utilisation nan", "nan is no number"),
        ("plan reinforce --model r1-distill-qwen-7b --mean-length nan", "nan is no number"),
        ("plan reinforce --model r1-distill-qwen-7b --phases inf", "inf is no number"),
        ("plan price --device h100 --hit 5G", "--hit changes nothing about the price of an hour"),
        ("plan price --buy 5000", "--buy changes nothing about the price of tokens"),
        (
            "plan fit --model qwen2.5-7b --memory 80GB --to train --devices 2 --expert 2",
            "this model is dense",
        ),
        ("plan serve --model r1 --device h99", "no device 'h99'"),
        ("plan serve --model r1 --against o9", "No price is listed for 'o9'"),
        ("plan train --model r1 --tokens few", "'few' is no number"),
        ("plan reinforce --model r1 --devices 2", "do not hold the weights"),
        ("plan reinforce --model llama-2-7b --devices 8", "do not fit behind 256 of a problem"),
        ("plan evaluate --model llama-2-7b --problems 9", "do not fit behind 256 of a prompt"),
        ("plan serve --model llama-2-7b --context 5000", "5,000 tokens is asked for"),
        ("plan price --device h20", "No purchase price is known for 'h20'"),
        ("plan count --model nobody/nothing-here", "could not be fetched"),
        ("plan count --model nothing", "No model is called 'nothing' here"),
    ],
)
def test_a_mistake_is_a_sentence_and_a_hint(
    command: str, words_: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(words(command)) == 2
    said = capsys.readouterr().err
    assert words_ in said and "\nHint: " in said
    assert len(said.strip().splitlines()) == 2


def test_the_verb_alone_shows_its_help_and_every_subcommand_two_examples(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["plan"]) == 0
    text = capsys.readouterr().out
    for name, command in plan.commands.items():
        assert name in text
        _, _, examples = (command.epilog or "").partition("Examples:")
        lines = [line.strip() for line in examples.splitlines() if line.strip()]
        assert len(lines) == 2
        for line in lines:
            command.make_context(name, line.split()[3:])


class Page(HTMLParser):
    """Collects what a page loads or runs."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loaded += [
            f"{name}={value}" for name, value in attrs if name in ("src", "href") or name.startswith("on")
        ]


@pytest.mark.parametrize("name", ["deepseek-r1", "r1-distill-qwen-7b", "thinkling/assets"])
def test_the_page_needs_nothing_from_elsewhere(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plan.html"
    model = words(f"--model {name}")
    assert run(["plan", "report", *model, "--device", "h800", "--devices", "512", "--output", str(path)]) == 0
    text = path.read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    assert not page.loaded
    assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
    assert page.tags.count("svg") >= 4
    assert "@import" not in text and not re.search(r"url\(", text)
    engine = {"deepseek-r1": 24}.get(name, 1)
    served = f"{engine} devices while serving {16 * engine} conversations"
    for title in ("Cost by stage", f"Memory of each of {served}", "Cost of output against context"):
        assert title in text


def test_a_name_with_markup_stays_text_on_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "<script>alert(1)"
    folder.mkdir()
    raw = (Path(__file__).parents[2] / "thinkling" / "assets" / "config.json").read_text(encoding="utf-8")
    (folder / "config.json").write_text(raw, encoding="utf-8")
    path = tmp_path / "plan.html"
    assert run(["plan", "report", "--model", str(folder), "--output", str(path)]) == 0
    assert "<script" not in path.read_text(encoding="utf-8")


def test_no_answer_loads_torch() -> None:
    code = (
        "import sys\nfrom thinkling.cli.main import run\n"
        "for line in ('plan count --model r1', 'plan fit --model r1 --memory 24GB', 'plan reproduce', "
        "'plan serve --model r1 --devices 16', 'plan price', 'plan train --model v3 --tokens 1T', "
        "'plan --here', 'plan report --model r1 --devices 64 --output ' + sys.argv[1]):\n"
        "    assert run(line.split()) == 0, line\n"
        "    assert 'torch' not in sys.modules, line\n"
    )
    subprocess.run(
        [sys.executable, "-c", code, "/dev/null"], check=True, timeout=120, stdout=subprocess.DEVNULL
    )


def test_this_machine_is_measured_and_planned_for() -> None:
    device = measure()
    assert device.is_measured and device.bandwidth > 1e8 and device.bf16_peak > 1e8
    answer = answer_home(device)
    assert answer.figure("bandwidth").value == device.bandwidth
    for figure in answer.figures[3:]:
        assert figure.range.low < figure.value < figure.range.high


def test_a_gpu_is_told_of_and_not_measured(tmp_path: Path) -> None:
    assert graphics(tmp_path) is None
    card = tmp_path / "proc/driver/nvidia/gpus/0000:01:00.0"
    card.mkdir(parents=True)
    (card / "information").write_text("Model: \t\t NVIDIA GeForce RTX 4090\nIRQ: 7\n")
    assert graphics(tmp_path) == "NVIDIA GeForce RTX 4090"
    device = DEVICES["ryzen-9950x"]
    told = answer_home(device, graphics(tmp_path)).notes[0]
    assert "--device rtx4090 plans for one with 24.00 GB" in told
    assert "--device a100 " in answer_home(device, "NVIDIA A100-SXM4-80GB").notes[0]
    laptop = "NVIDIA GeForce RTX 4090 Laptop GPU"
    for other in ("Mystery 9", "NVIDIA RTX A1000", "NVIDIA GH200 480GB", laptop):
        assert "not in the table" in answer_home(device, other).notes[0]


def test_memory_that_is_free_is_the_smaller_of_system_and_container(tmp_path: Path) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/meminfo").write_text("MemTotal: 9000 kB\nMemAvailable: 8000 kB\n")
    assert free_memory(tmp_path) == 8000 * 1024
    group = tmp_path / "sys/fs/cgroup"
    group.mkdir(parents=True)
    (group / "memory.max").write_text("max\n")
    (group / "memory.current").write_text("10\n")
    assert free_memory(tmp_path) == 8000 * 1024
    (group / "memory.max").write_text("5000000\n")
    (group / "memory.current").write_text("1000000\n")
    assert free_memory(tmp_path) == 4e6
    # Files that were read stay in memory until somebody needs it.
    (group / "memory.stat").write_text("anon 200000\ninactive_file 700000\nactive_file 100000\n")
    assert free_memory(tmp_path) == 4.7e6


def test_measuring_takes_a_part_of_the_memory_that_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container may see sixty-four cores and have four gigabytes."""
    sizes: list[int] = []

    def ones(size: int | tuple[int, int], **_: object) -> np.ndarray:
        sizes.append(int(np.prod(size)))
        return np.zeros(1, np.float32)

    monkeypatch.setattr("thinkling.weights.memory.free_memory", lambda: 64 * 2**20)
    monkeypatch.setattr(here, "usable_cores", lambda: 64)
    monkeypatch.setattr(here, "best_seconds", lambda work, budget: 1.0)
    monkeypatch.setattr(np, "ones", ones)
    here.read_bandwidth()
    assert len(sizes) == 64 and 4 * sum(sizes) <= 16 * 2**20
