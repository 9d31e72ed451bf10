"""`thinkling "question"`: one question, one streamed answer."""

from __future__ import annotations

import sys
from typing import Any

import click

from thinkling.cli.display import Display, has_color, is_terminal
from thinkling.cli.sampling import Sampling, open_model, sampling_options
from thinkling.errors import RequestError
from thinkling.records import Message, Reply

_EPILOG = """Examples:

  thinkling "What's 12 times 14?"

  echo "How many r's are in strawberry?" | thinkling ask - --json
"""


@click.command(epilog=_EPILOG)
@click.argument("question", nargs=-1, required=True)
@sampling_options
@click.option("--json", "is_json", is_flag=True, help="Print the whole reply as one JSON object.")
@click.option(
    "--show-thinking/--hide-thinking",
    "is_shown",
    default=None,
    help="Print the thinking before the answer; by default only on a terminal.",
)
def ask(question: tuple[str, ...], is_json: bool, is_shown: bool | None, **options: Any) -> None:
    """Ask one question; the word may be left out.

    The words of QUESTION are joined; "-" reads it from standard input. The answer is printed as it is made.
    """
    sampling = Sampling(
        temperature=options["temperature"],
        top_p=options["top_p"],
        max_tokens=options["max_tokens"],
        seed=options["seed"],
        thinking=options["think"],
    )
    messages = [Message("system", options["system"])] if options["system"] else []
    messages.append(Message("user", read_question(question)))

    llm = open_model(options)
    if is_json:
        click.echo(as_json(llm.chat(messages, **sampling.keywords())))
        return
    is_shown = is_terminal(sys.stdout) if is_shown is None else is_shown
    display = Display(sys.stdout, "show" if is_shown else "hide", has_color(sys.stdout))
    display.show(llm.stream(messages, **sampling.keywords()))
    warn_if_cut(llm.last_reply)


def read_question(words: tuple[str, ...]) -> str:
    """The question on the line, or standard input for "-". Raises RequestError where there is none."""
    if words == ("-",):
        text = sys.stdin.read() if sys.stdin is not None else ""
    else:
        text = " ".join(words)
    if not text.strip():
        raise RequestError(
            "The question is empty.", 'write it in quotes, as in: thinkling "What\'s 12 times 14?"'
        )
    return text.strip()


def as_json(reply: Reply) -> str:
    """The reply as one line of JSON: content, reasoning, finish_reason, usage, timings."""
    import json
    from dataclasses import asdict

    fields = asdict(reply)
    keys = ("content", "reasoning", "finish_reason", "usage", "timings")
    return json.dumps({key: fields[key] for key in keys}, ensure_ascii=False)


def warn_if_cut(reply: Reply | None) -> None:
    """Say on standard error that an answer ended at its limit and not by itself."""
    if reply is not None and reply.finish_reason == "length":
        click.echo(
            f"(cut off after {reply.usage.completion_tokens} tokens; --max-tokens allows more)", err=True
        )
