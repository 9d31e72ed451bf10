"""`thinkling chat`: a conversation in the terminal, or one answer per line of a pipe.

The walk: a line -> `Conversation` -> LLM.stream -> `Display`. Ctrl-C stops the answer, not the program.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any, cast

import click

from thinkling.cli.ask import warn_if_cut
from thinkling.cli.conversation import Conversation
from thinkling.cli.display import Display, ShowThinking, has_color, is_terminal
from thinkling.cli.idle import refuse_idle
from thinkling.cli.interrupt import Interrupts
from thinkling.cli.read_ahead import ReadAhead
from thinkling.cli.sampling import Sampling, chat_options, open_models
from thinkling.cli.slash import run_slash
from thinkling.errors import ThinklingError
from thinkling.records import Piece

if TYPE_CHECKING:
    from thinkling.llm import LLM
    from thinkling.remote import Remote, RemoteModels
    from thinkling.several import Models

EXAMPLE = "What's 12 times 14?"

_EPILOG = """Without a terminal it answers each line of standard input, or one example where that is empty.

Examples:

  thinkling chat --model ./small --model ./large --memory-gb 8

  thinkling chat --url http://127.0.0.1:8000
"""


@click.command(epilog=_EPILOG)
@chat_options
@click.option("--fold", is_flag=True, help="Show one line in place of the thinking.")
@click.option("--url", help="Talk with a service of OpenAI's interface; --model then names its models.")
@click.option(
    "--key",
    help="The key that it asks for; THINKLING_API_KEY, or at api.openai.com OPENAI_API_KEY, if left out.",
)
def chat(fold: bool, **options: Any) -> None:
    """Talk with a model in the terminal.

    /help lists what can be typed besides questions, /model changes between several models. Ctrl-C stops an
    answer; twice at the prompt it leaves.
    """
    sampling = Sampling(
        temperature=options["temperature"],
        top_p=options["top_p"],
        max_tokens=options["max_tokens"],
        seed=options["seed"],
        thinking=options["think"],
    )
    models = _models(options)
    conversation = Conversation(sampling, options["system"], [*models.folders])
    talk = Talk(models, conversation, is_folded=fold)
    if is_terminal(sys.stdin):
        talk_with_person(talk)
    else:
        answer_lines(talk)


LOCAL_OPTIONS = ("device", "dtype", "quantize", "is_compiled", "memory_gb")
"""They say how a model is loaded on this machine."""


def _models(options: Mapping[str, Any]) -> Models | RemoteModels:
    """Raises ConfigError for an option that would do nothing."""
    if options["url"] is None:
        refuse_idle(("key",), "without --url")
        return open_models(options)
    refuse_idle(LOCAL_OPTIONS, "with --url")
    from thinkling.remote import RemoteModels

    return RemoteModels(options["url"], options["key"], options["models"])


class Talk:
    """Models, of which one is loaded, a conversation, and the display that joins them."""

    def __init__(self, models: Models | RemoteModels, conversation: Conversation, *, is_folded: bool) -> None:
        self.conversation = conversation
        thinking: ShowThinking = "fold" if is_folded else "show"
        self._models = models
        self._llm: LLM | Remote | None = None
        self._ahead: ReadAhead | None = None
        self._name = ""
        self.display = Display(sys.stdout, thinking, has_color(sys.stdout), self._count_tokens)
        self._open()

    def _open(self) -> LLM | Remote:
        """The model that the conversation asks for, loaded if need be."""
        if self._llm is None or self._name != self.conversation.model:
            self.stop_reading_ahead()
            # Not held from here: the one before may have to leave for the other.
            self._llm = self._ahead = None
            self._name = self.conversation.model
            with self._models.use(self._name) as llm:
                self._llm = llm
            self._ahead = ReadAhead(llm)
        return self._llm

    def change_model(self) -> None:
        """Load the model that the conversation asks for; if that fails, the one before answers again."""
        before = self._name
        try:
            self._open()
        except BaseException:
            self.conversation.model = before
            raise

    def answer(self, question: str) -> bool:
        """Answer one question on the display; True if the person stopped it."""
        self.stop_reading_ahead()
        llm = self._open()
        messages = self.conversation.asking(question)
        stream = llm.stream(messages, **self.conversation.sampling.keywords())
        # Closing the generator is what aborts the request in the engine.
        with Interrupts() as interrupts, closing(cast("Generator[Piece]", stream)) as pieces:
            shown = self.display.show(pieces, lambda: interrupts.has_happened)
        self.conversation.record(question, shown)
        if shown.is_stopped:
            click.echo("(stopped)", err=True)
        else:
            warn_if_cut(llm.last_reply)
        return shown.is_stopped

    def read_ahead(self) -> None:
        """While the person reads and types, take what was said into the model's cache."""
        messages = self.conversation.so_far()
        if self._ahead is not None and messages and messages[-1].role == "assistant":
            self._ahead.start(messages)

    def stop_reading_ahead(self) -> None:
        """The model is needed."""
        if self._ahead is not None:
            self._ahead.stop()

    def _count_tokens(self, text: str) -> int:
        return self._open().count_tokens(text)


def talk_with_person(talk: Talk) -> None:
    """Read questions and slash commands from a terminal until /exit, Ctrl-D, or Ctrl-C twice."""
    import readline  # noqa: F401  (gives input() its history and line editing)

    click.echo(f"{talk.conversation.model}; /help lists the commands, Ctrl-C stops an answer, /exit leaves")
    was_interrupted = False
    while not talk.conversation.is_over:
        try:
            line = _typed_line(talk)
        except EOFError:
            click.echo()
            return
        except KeyboardInterrupt:
            click.echo()
            if was_interrupted:
                return
            was_interrupted = True
            click.echo("(Ctrl-C once more leaves)")
            continue
        was_interrupted = take_line(talk, line)


def _typed_line(talk: Talk) -> str:
    talk.read_ahead()
    try:
        return input("> ").strip()
    finally:
        talk.stop_reading_ahead()


def take_line(talk: Talk, line: str) -> bool:
    """Do what one typed line says; mistakes are explained and the talk goes on. True if it was stopped."""
    try:
        if line.startswith("/"):
            take_command(talk, line)
        elif line:
            return talk.answer(line)
    except (ThinklingError, OSError) as error:
        click.echo(f"Error: {error}", err=True)
    except KeyboardInterrupt:
        # A second Ctrl-C, while a long conversation was read: nothing was answered yet.
        click.echo("(stopped)", err=True)
        return True
    return False


def take_command(talk: Talk, line: str) -> None:
    """Do what a slash command says and print what comes of it."""
    said = run_slash(talk.conversation, line)
    talk.change_model()
    click.echo(said)


def answer_lines(talk: Talk) -> None:
    """Answer each line of standard input as a turn of one conversation; the example where there is none."""
    num_lines = 0
    for line in piped_lines():
        num_lines += 1
        click.echo(f"> {line}")
        if line.startswith("/"):
            take_command(talk, line)
        elif talk.answer(line):
            raise KeyboardInterrupt
        if talk.conversation.is_over:
            return
    if not num_lines:
        click.echo(f"> {EXAMPLE}")
        talk.answer(EXAMPLE)


def piped_lines() -> Iterator[str]:
    """The lines of standard input that say something; none where it is closed."""
    if sys.stdin is None or sys.stdin.closed:
        return
    for line in sys.stdin:
        if line.strip():
            yield line.strip()
