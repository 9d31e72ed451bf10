"""The verbs of the command line and where each lives, and how a line finds its verb."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module

import click


@dataclass(frozen=True, slots=True)
class Verb:
    """Where a verb's click command lives ("module:name"), and its line in `thinkling --help`."""

    home: str
    summary: str


VERBS: dict[str, Verb] = {
    "ask": Verb("thinkling.cli.ask:ask", "Ask one question; the word may be left out."),
    "chat": Verb("thinkling.cli.chat:chat", "Talk with a model in the terminal."),
    "serve": Verb(
        "thinkling.cli.serve:serve", "Serve models on this machine: a chat page, and OpenAI's interface."
    ),
    "batch": Verb("thinkling.cli.batch:batch", "Answer files of requests, in the form of OpenAI's batches."),
    "train": Verb(
        "thinkling.cli.train:train",
        "Train by a recipe: its name, its folder, or the folder of a run to go on with.",
    ),
    "pull": Verb("thinkling.cli.pull:pull", "Download a model from the Hugging Face hub and check it."),
    "convert": Verb("thinkling.cli.convert:convert", "Write a model into a new folder in another precision."),
    "models": Verb("thinkling.cli.models:models", "List the model shapes and what they weigh."),
    "plan": Verb("thinkling.cli.plan:plan", "Say what models cost, where they fit and how fast they are."),
    "doctor": Verb("thinkling.cli.doctor:doctor", "Measure this machine and check the installation."),
}

_OWN_OPTIONS = ("--help", "-h", "--version", "--debug")


class Program(click.Group):
    """The group `thinkling`: loads a verb when it is called, and reads any other first word as a question."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs, in the order of the help."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The click command of a verb, imported now."""
        return load_verb(cmd_name) if cmd_name in VERBS else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The verbs of the help, without importing them."""
        with formatter.section("Verbs"):
            formatter.write_dl([(name, verb.summary) for name, verb in VERBS.items()])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Puts `ask` before a line that begins with a question."""
        return super().parse_args(ctx, with_verb(args))


def load_verb(name: str) -> click.Command:
    """Import the click command of a verb."""
    module, _, attribute = VERBS[name].home.partition(":")
    command: click.Command = getattr(import_module(module), attribute)
    return command


def with_verb(words: Sequence[str]) -> list[str]:
    """`words` with a verb in front. Raises click.UsageError for a word that looks like a mistyped verb."""
    if not words or words[0] in VERBS or words[0] in _OWN_OPTIONS:
        return list(words)
    nearest = get_close_matches(words[0], VERBS, n=1, cutoff=0.75)
    if nearest and words[0].isalpha() and words[0].islower():
        raise click.UsageError(
            f"There is no verb {words[0]!r}; did you mean {nearest[0]!r}? "
            f"To ask it as a question, write: thinkling ask {words[0]}"
        )
    return ["ask", *words]
