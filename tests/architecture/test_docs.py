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
_BLOCK = re.compile(r"^```(?:sh|console)?\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands(page: Path) -> Iterator[str]:
    """Lines of code blocks that begin with one of our commands, without prompt and comment."""
    for block in _BLOCK.findall(page.read_text(encoding="utf-8")):
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
    load_verb(words[0]).make_context(words[0], words[1:])


@pytest.mark.parametrize(("page", "command"), every("thinkling"))
def test_every_command_on_a_page_is_one_the_program_understands(page: str, command: str) -> None:
    if re.search(r"\bVERB\b|\[OPTIONS\]", command):
        return
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
