"""What the pages say exists: commands parse, make targets and linked files are there, the page is fresh."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.architecture.source import ROOT
from thinkling.cli.main import program
from thinkling.cli.reference import reference_page
from thinkling.cli.verbs import VERBS, load_verb, with_verb

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands(page: Path) -> Iterator[str]:
    """Lines of code blocks that begin with one of our commands, without prompt and comment."""
    blocks = _BLOCK.findall(page.read_text(encoding="utf-8"))
    for block in (text for language, text in blocks if language in ("", "sh", "console")):
        for line in block.splitlines():
            command = re.sub(r"^\$ ", "", line.strip())
            command = re.sub(r"\s+# .*$", "", command)
            if re.match(r"(thinkling|make)\b", command):
                yield command


def every(kind: str) -> list[tuple[str, str]]:
    return [
        (str(page.relative_to(ROOT)), command)
        for page in PAGES
        for command in commands(page)
        if command.startswith(kind)
    ]


def parse(command: str) -> None:
    """Parses a command line as the program would, without running it. Raises click.UsageError."""
    words = with_verb(shlex.split(command)[1:])
    if not words or words[0] not in VERBS:
        program.make_context("thinkling", words)
        return
    context = load_verb(words[0]).make_context(words[0], words[1:])
    if isinstance(context.command, click.Group) and context._protected_args:
        name, command, rest = context.command.resolve_command(
            context, [*context._protected_args, *context.args]
        )
        assert command is not None, name
        command.make_context(name, rest, parent=context)


@pytest.mark.parametrize(("page", "command"), every("thinkling"))
def test_every_command_on_a_page_is_one_the_program_understands(
    page: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if re.search(r"\bVERB\b|\[OPTIONS\]", command):
        return
    monkeypatch.chdir(tmp_path)
    for word in command.split():
        if word.endswith(".jsonl"):  # the reader's own
            Path(word).touch()
    try:
        parse(command)
    except click.exceptions.Exit as end:
        assert end.exit_code == 0


@pytest.mark.parametrize(("page", "command"), every("make"))
def test_every_make_target_on_a_page_exists(page: str, command: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for word in shlex.split(command)[1:]:
        name, is_variable, _ = word.partition("=")
        pattern = rf"^{name} \?=" if is_variable else rf"^{name}:"
        assert re.search(pattern, makefile, re.MULTILINE), f"{page}: {command}"


def test_every_block_is_searched_and_words_behind_a_group_are_parsed() -> None:
    found = [command for page, command in every("thinkling") if page == "README.md"]
    assert {"thinkling serve", "thinkling plan reproduce"} <= {one.partition("  ")[0] for one in found}
    parse("thinkling plan fit --model deepseek-r1")
    for wrong in ("thinkling plan fot --model deepseek-r1", "thinkling plan fit --modle deepseek-r1"):
        with pytest.raises(click.UsageError):
            parse(wrong)


def test_the_readme_shows_how_to_run_and_how_to_test() -> None:
    shown = [command for page, command in every("make") if page == "README.md"]
    assert "make run" in shown
    assert "make test" in shown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_lead_to_files(page: Path) -> None:
    for target in _LINK.findall(page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+://|mailto:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{page.name} links to {target}"
        if anchor and file.suffix == ".md":
            assert anchor in anchors(file), f"{page.name} links to {target}"


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_page_of_the_command_line_is_up_to_date() -> None:
    page = ROOT / "docs" / "reference" / "cli.md"
    assert page.read_text(encoding="utf-8") == reference_page(), "write it with: make docs"


def test_the_changelog_knows_the_version() -> None:
    from thinkling import __version__

    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## [Unreleased]" in text or f"## [{__version__}]" in text


def test_nothing_that_git_ignores_is_tracked() -> None:
    """An environment or a cache in the history would reach every clone."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    command = ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"]
    tracked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout
    assert not tracked, f"{len(tracked.splitlines())} files, the first is {tracked.splitlines()[0]}"
