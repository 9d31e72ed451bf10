"""What the verbs under `thinkling plan` share: options, a model by name, a device by name, and how answers
are shown."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from thinkling.plan.estimate import Answer
    from thinkling.plan.hardware import Device
    from thinkling.plan.named import NamedModel

Command = TypeVar("Command", bound=Callable[..., Any])

_MOST = 1e15
WHOLE = click.IntRange(1, 10**9)
"""A number of things."""


class Finite(click.FloatRange):
    """A number within bounds, and neither endless nor none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number. Fails with a sentence."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number) or abs(number) > _MOST:
            self.fail(f"{value} is no number that can be calculated with.", param, ctx)
        return number


ABOVE_ZERO = Finite(0, min_open=True)

FORMATS = ("fp32", "bf16", "fp8", "int8", "int4")

_MODEL = click.option(
    "--model",
    "model_name",
    metavar="MODEL",
    required=True,
    help="A preset or released name, a folder, a config.json, or OWNER/NAME on the hub.",
)
_IGNORE = click.option(
    "--ignore", "ignored", metavar="FIELD", multiple=True, help="A field of config.json that changes no size."
)
_JSON = click.option("--json", "is_json", is_flag=True, help="Print one JSON object.")
_BRIEF = click.option(
    "--brief", "is_brief", is_flag=True, help="Figures without formulas, inputs and sources."
)
_DEVICE = click.option(
    "--device",
    "device_name",
    metavar="NAME",
    default="h100",
    show_default=True,
    help="A device of the table.",
)
_DEVICES = click.option(
    "--devices",
    "num_devices",
    type=click.IntRange(1, 1_000_000),
    default=1,
    show_default=True,
    help="How many.",
)
_RENT = click.option("--rent", type=ABOVE_ZERO, metavar="DOLLARS", help="For an hour of one.")
_QUANTIZE = click.option(
    "--quantize",
    "format_",
    type=click.Choice(FORMATS),
    help="Format of the matrices; as released if left out.",
)
_CACHE = click.option(
    "--cache",
    "cache_format",
    type=click.Choice(["bf16", "fp8", "int8", "fp32"]),
    default="bf16",
    show_default=True,
    help="Format of keys and values.",
)


def answer_options(command: Command) -> Command:
    """--json and --brief."""
    return _JSON(_BRIEF(command))


def which_model(command: Command) -> Command:
    """--model and --ignore."""
    return _MODEL(_IGNORE(command))


def model_options(command: Command) -> Command:
    """--model and --ignore, and how the answer is shown."""
    return which_model(answer_options(command))


def device_options(command: Command) -> Command:
    """--device, --devices, --rent."""
    return _DEVICE(_DEVICES(_RENT(command)))


def cache_option(command: Command) -> Command:
    """--cache."""
    return _CACHE(command)


def format_option(command: Command) -> Command:
    """--quantize."""
    return _QUANTIZE(command)


def named_model(name: str, ignored: tuple[str, ...] = ()) -> NamedModel:
    """The model of that name; for one on the hub its config.json is fetched or found in the cache."""
    from thinkling.plan.named import model_named

    return model_named(name, fetch_config, ignored)


def fetch_config(text: str) -> Path | None:
    """config.json of a name on the hub: from its cache, else by network. Raises ModelError where neither
    has it."""
    from thinkling.errors import ModelError
    from thinkling.weights.hub import hub_name

    name = hub_name(text)
    if name is None:
        return None
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    # It tells of every attempt that fails; one sentence at the end says more.
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    try:
        return Path(hf_hub_download(name.repository, "config.json", revision=name.revision))
    except (LocalEntryNotFoundError, HfHubHTTPError, OSError) as error:
        raise ModelError(
            f"The config.json of {text} is not here and could not be fetched ({type(error).__name__}).",
            "check the name and the network, or save its config.json and name that file",
        ) from None


def given_options() -> dict[str, str]:
    """The parameters of the running command that were said on its line, with the option that says each."""
    context = click.get_current_context()
    said = {}
    for parameter in context.command.params:
        name = str(parameter.name)
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            said[name] = parameter.opts[0]
    return said


def usual_context(model: NamedModel) -> int:
    """Tokens of a conversation where nothing is said."""
    return min(4096, model.config.context_length)


def named_device(name: str, rent: float | None = None, price: float | None = None) -> Device:
    """The device of that name, at the rent and the price that are given."""
    from thinkling.plan.hardware import device_named

    return device_named(name).with_prices(rent, price)


def show(answer: Answer, *, is_json: bool, is_brief: bool) -> None:
    """Print an answer for scripts or for people."""
    from thinkling.plan.text import answer_text

    if is_json:
        click.echo(json.dumps(answer.as_json(), indent=2))
        return
    click.echo(answer_text(answer, is_brief=is_brief))
