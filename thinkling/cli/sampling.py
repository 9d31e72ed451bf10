"""The options that `ask` and `chat` share: which model, and how its answer is sampled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from thinkling.records import SamplingParams, ThinkingBudget

if TYPE_CHECKING:
    from thinkling.llm import LLM
    from thinkling.several import Models

BUNDLED = "the bundled model"
Command = TypeVar("Command", bound=Callable[..., Any])


class ThinkingType(click.ParamType[ThinkingBudget]):
    """auto, on, off, or a number of tokens."""

    name = "auto|on|off|N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> ThinkingBudget:
        """The word, or the number. Fails as click does, with RequestError's words."""
        return read_thinking(str(value))


def read_thinking(text: str) -> ThinkingBudget:
    """What `--think` and `/think` are given. Raises RequestError."""
    from thinkling.text.turn import part_thinking

    word, budget = part_thinking(int(text) if text.isascii() and text.isdigit() else text)
    return word if budget is None else budget


_MODEL = click.option("--model", metavar="FOLDER", help="A model folder; the bundled model if left out.")
_MODELS = (
    click.option(
        "--model",
        "models",
        metavar="FOLDER",
        multiple=True,
        help="A model folder; may be given several times.",
    ),
    click.option(
        "--memory-gb",
        type=float,
        help="What models may take together; the one that is longest unused leaves first.",
    ),
)
_HOW = (
    click.option(
        "--device",
        default="auto",
        show_default=True,
        help="cpu, cuda, cuda:N or mps; auto: CUDA if it is there.",
    ),
    click.option(
        "--dtype",
        type=click.Choice(["auto", "bf16", "fp32"]),
        default="auto",
        show_default=True,
        help="The precision of the weights.",
    ),
    click.option(
        "--quantize",
        type=click.Choice(["int8", "int4"]),
        help="Hold the weights as whole numbers: half the memory of bf16, and faster on a CPU.",
    ),
    click.option(
        "--compile",
        "is_compiled",
        is_flag=True,
        help="Hand parts of the model to torch.compile; the first answers take longer then.",
    ),
)
_ASKED = (
    click.option(
        "--think",
        type=ThinkingType(),
        default="auto",
        show_default=True,
        help="The model decides (auto), thinks, answers at once, or thinks for at most N tokens.",
    ),
    click.option(
        "--temperature", type=float, help="0 always takes the likeliest token; the model's own if left out."
    ),
    click.option(
        "--top-p", type=float, help="Draw from the likeliest tokens that hold this much probability."
    ),
    click.option("--max-tokens", type=int, help="Longest answer, thinking included, in tokens."),
    click.option("--seed", type=int, help="Makes the answer repeatable."),
    click.option("--system", metavar="TEXT", help="What the model is told before the conversation."),
)


def sampling_options(command: Command) -> Command:
    """Adds the shared options to a click command that asks one model."""
    return _with_options(command, (_MODEL, *_HOW, *_ASKED))


def chat_options(command: Command) -> Command:
    """Adds the shared options to a click command that may change between models."""
    return _with_options(command, (*_MODELS, *_HOW, *_ASKED))


def model_options(command: Command) -> Command:
    """Adds those of a click command that serves models, whoever asks them."""
    return _with_options(command, (*_MODELS, *_HOW))


def _with_options(command: Command, options: Sequence[Callable[[Command], Command]]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command


def open_model(options: Mapping[str, Any]) -> LLM:
    """The model that the shared options name. Raises ModelError, RequestError."""
    from thinkling.llm import LLM

    llm = LLM(options["model"], **_how(options))
    return llm.compile() if options["is_compiled"] else llm


def open_models(
    options: Mapping[str, Any], bundled: str = BUNDLED, name_of: Callable[[str], str] = str
) -> Models:
    """The models that the options name; none is loaded yet.

    `name_of` makes a name of what stands after `--model`. Raises ModelError for a folder that is not there,
    RequestError for a limit that cannot be meant, and for two models of one name.
    """
    from thinkling.errors import RequestError
    from thinkling.several import Models
    from thinkling.weights.folder import refuse_missing_folder

    folders: dict[str, str | None] = {}
    for folder in options["models"]:
        refuse_missing_folder(folder)
        if folders.setdefault(name_of(folder), folder) != folder:
            raise RequestError(
                f"{folders[name_of(folder)]} and {folder} have one name, {name_of(folder)!r}.",
                "rename one of the folders",
            )
    folders = folders or {bundled: None}
    return Models(folders, options["memory_gb"], options["is_compiled"], **_how(options))


def _how(options: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "device": options["device"],
        "dtype": options["dtype"],
        "quantization": options["quantize"],
    }


@dataclass(frozen=True, slots=True)
class Sampling:
    """How answers are sampled; None leaves a value to the model's own generation settings.

    Raises RequestError where a value cannot be meant, before any model is loaded.
    """

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    thinking: ThinkingBudget = "auto"

    def __post_init__(self) -> None:
        SamplingParams(
            temperature=1.0 if self.temperature is None else self.temperature,
            top_p=1.0 if self.top_p is None else self.top_p,
            max_tokens=1 if self.max_tokens is None else self.max_tokens,
            seed=self.seed,
        )

    def keywords(self) -> dict[str, Any]:
        """The keyword arguments of `LLM.chat` and `LLM.stream`."""
        return {
            "temperature": self.temperature,
            "top_p": self.top_p,
            "max_tokens": self.max_tokens,
            "seed": self.seed,
            "thinking": self.thinking,
        }
