"""`thinkling serve`: models as a private service on this machine."""

from __future__ import annotations

import os
import sys
import webbrowser
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from thinkling.cli.sampling import model_options, open_models
from thinkling.errors import ConfigError

if TYPE_CHECKING:
    from thinkling.serve.far import FarModel
    from thinkling.serve.settings import ServeSettings

KEYS_VARIABLE = "THINKLING_API_KEYS"
FAR_KEY_PREFIX = "THINKLING_KEY_"

_EPILOG = """Examples:

  thinkling serve

  thinkling serve --model ./small --model ./large --memory-gb 8 --port 8080
"""


@click.command(epilog=_EPILOG)
@model_options
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="8000, or any free one where that is taken; 0: any free one.",
)
@click.option(
    "--keys", type=click.Path(path_type=Path), help=f"File with keys, one a line; or {KEYS_VARIABLE}."
)
@click.option(
    "--queue",
    type=click.IntRange(min=1),
    default=256,
    show_default=True,
    help="Questions of one model that may wait or be answered at once; more are refused.",
)
@click.option(
    "--reasoning-field",
    type=click.Choice(["both", "reasoning_content", "reasoning", "none", "hidden"]),
    default="both",
    show_default=True,
    help="Under which name chat completions tell the reasoning; none: in the content, with its tags; "
    "hidden: nowhere, and at no other interface either.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("~/.local/share/thinkling"),
    show_default=True,
    help="Where files, batches and stored responses are kept.",
)
@click.option(
    "--batch-hours",
    metavar="FIRST-LAST",
    help="Hours of the day for batches, such as 22-6; always if left out.",
)
@click.option(
    "--allow-host", multiple=True, metavar="NAME", help="A name under which the service may be asked for."
)
@click.option(
    "--allow-origin", multiple=True, metavar="URL", help="A web page's origin that may use the service."
)
@click.option(
    "--remote",
    "remotes",
    multiple=True,
    metavar="NAME=URL[#MODEL]",
    help="A model behind another service's URL, asked under this name; its questions go there. "
    f"Its key: {FAR_KEY_PREFIX}NAME.",
)
@click.option("--open", is_flag=True, help="Show the chat page in a browser.")
@click.option("--example", is_flag=True, help="Answer one question over the own interface, and end.")
def serve(**options: Any) -> None:
    """Serve models on this machine: a chat page, and OpenAI's interface."""
    if options["example"]:  # leaves nothing behind, and is in nobody's way
        with TemporaryDirectory() as data:
            serve_models(options | {"data": Path(data)})
    else:
        serve_models(options)


def serve_models(options: dict[str, Any]) -> None:
    """Serve until a signal, or until the example is answered. Raises ConfigError, ModelError, RequestError,
    and what keeps the example from an answer."""
    settings = settings_of(options)
    models = open_models(options, "thinkling", name_of)
    from thinkling.serve.run import Server, answer_example, run_service

    def ready(address: str, server: Server) -> None:
        click.echo(f"thinkling serves at {address} (the interface is at {address}/v1; Ctrl-C stops it)")
        if options["example"]:
            key = next(iter(read_keys(options["keys"])), None)
            answer_example(address, server, click.echo, key)
        elif options["open"]:
            open_browser(address)

    run_service(models, settings, ready)


def name_of(given: str) -> str:
    """What a model is called by clients: its folder's own name, or its name on the hub."""
    return Path(given).resolve().name if Path(given).is_dir() else given


def open_browser(address: str) -> None:
    """Show the page, where there is a screen to show it on."""
    if sys.platform in ("darwin", "win32") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        webbrowser.open(address)


def settings_of(options: dict[str, Any]) -> ServeSettings:
    """The options as settings. Raises ConfigError."""
    from thinkling.serve.settings import ServeSettings

    return ServeSettings(
        host=options["host"],
        port=options["port"],
        reasoning_field=options["reasoning_field"],
        most_open=options["queue"],
        key_hashes=frozenset(sha256(key.encode()).hexdigest() for key in read_keys(options["keys"])),
        allowed_hosts=options["allow_host"],
        allowed_origins=options["allow_origin"],
        data=options["data"],
        batch_hours=read_hours(options["batch_hours"]),
        far_models=_far_models(options["remotes"]),
    )


def _far_models(texts: Iterable[str]) -> dict[str, FarModel]:
    found: dict[str, FarModel] = {}
    for name, model in map(read_far_model, texts):
        if name in found:
            raise ConfigError(f"two --remote are called {name!r}.", "give one of them another name")
        found[name] = model
    return found


def read_far_model(text: str) -> tuple[str, FarModel]:
    """NAME=URL#MODEL as what it means; without #MODEL it has the same name there. Raises click.BadParameter.

    Its key is in the environment, under its name in capitals.
    """
    from thinkling.errors import RequestError
    from thinkling.remote_form import root_of
    from thinkling.serve.far import FarModel

    name, _, place = text.partition("=")
    url, _, model = place.partition("#")
    try:
        root_of(url)
    except RequestError as error:
        raise click.BadParameter(f"{text!r}: {error.message} Write NAME=https://...") from None
    if not name:
        raise click.BadParameter(f"{text!r} gives the model no name; write NAME={place}")
    word = "".join(one if one.isalnum() else "_" for one in name.upper())
    return name, FarModel(url, model or name, os.environ.get(f"{FAR_KEY_PREFIX}{word}"))


def read_hours(text: str | None) -> tuple[int, int] | None:
    """22-6 as (22, 6). Raises click.BadParameter."""
    if text is None:
        return None
    first, _, last = text.partition("-")
    if not (first.isdigit() and last.isdigit() and int(first) < 24 and int(last) <= 24):
        raise click.BadParameter(f"{text!r} are no hours; write for example 22-6")
    return int(first), int(last) % 24


def read_keys(file: Path | None) -> list[str]:
    """Keys of the file, one a line, and of the environment, with commas between; # begins a line of comment.

    Raises ConfigError where keys are asked for and none is there: that would let everybody in.
    """
    given = os.environ.get(KEYS_VARIABLE)
    if file is None and given is None:
        return []
    lines = [] if file is None else file.read_text(encoding="utf-8").splitlines()
    words = [word for line in lines if not (word := line.strip()).startswith("#")]
    keys = [word for word in (*words, *map(str.strip, (given or "").split(","))) if word]
    if not keys:
        hint = f"write one a line, or leave --keys out and {KEYS_VARIABLE} unset"
        raise ConfigError("keys are asked for, and there is none.", hint)
    return keys
