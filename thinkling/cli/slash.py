"""What can be typed in a chat: /help /clear /think /model /save /system /temperature /exit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from thinkling.cli.conversation import Conversation
from thinkling.cli.sampling import read_thinking
from thinkling.errors import RequestError


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """How a command is written, what it does, and the function that does it and returns what to print."""

    usage: str
    summary: str
    run: Callable[[Conversation, str], str]


def run_slash(conversation: Conversation, line: str) -> str:
    """Do what a line such as "/think on" says and return what to print. Raises RequestError for a mistake."""
    name, _, argument = line.partition(" ")
    if name not in SLASH_COMMANDS:
        nearest = get_close_matches(name, SLASH_COMMANDS, n=1)
        hint = f"did you mean {nearest[0]}? " if nearest else ""
        raise RequestError(f"There is no command {name}.", f"{hint}/help lists them")
    return SLASH_COMMANDS[name].run(conversation, argument.strip())


def _help(conversation: Conversation, argument: str) -> str:
    width = max(len(command.usage) for command in SLASH_COMMANDS.values())
    return "\n".join(f"{command.usage:<{width}}  {command.summary}" for command in SLASH_COMMANDS.values())


def _clear(conversation: Conversation, argument: str) -> str:
    conversation.clear()
    return "(forgotten)"


def _think(conversation: Conversation, argument: str) -> str:
    if not argument:
        raise RequestError(
            "/think cannot be left empty.", "write /think on, off, auto, or a number of tokens"
        )
    thinking = read_thinking(argument)
    conversation.sampling = replace(conversation.sampling, thinking=thinking)
    return f"(thinking: {f'at most {thinking} tokens' if isinstance(thinking, int) else thinking})"


def _model(conversation: Conversation, argument: str) -> str:
    if not argument:
        return "\n".join(
            f"{'*' if name == conversation.model else ' '} {name}" for name in conversation.models
        )
    # The end of a path is enough where only one ends so.
    parts = Path(argument).parts
    found = [name for name in conversation.models if name == argument] or [
        name for name in conversation.models if Path(name).parts[-len(parts) :] == parts
    ]
    if len(found) != 1:
        raise RequestError(
            f"{argument} is {'more than one of' if found else 'not among'} the models of this chat.",
            "/model lists them; start with --model FOLDER for each",
        )
    conversation.model = found[0]
    return f"(model: {found[0]})"


def _save(conversation: Conversation, argument: str) -> str:
    if not argument:
        raise RequestError("/save needs a file name.", "write for example /save talk.md")
    path = Path(argument).expanduser()
    conversation.save(path)
    return f"(saved to {path})"


def _system(conversation: Conversation, argument: str) -> str:
    conversation.system = argument or None
    return "(system text set)" if argument else "(no system text)"


def _temperature(conversation: Conversation, argument: str) -> str:
    try:
        temperature = float(argument)
    except ValueError:
        raise RequestError(
            f"/temperature cannot be {argument or 'left empty'}.", "write a number such as 0.6"
        ) from None
    conversation.sampling = replace(conversation.sampling, temperature=temperature)
    return f"(temperature: {temperature:g})"


def _exit(conversation: Conversation, argument: str) -> str:
    conversation.is_over = True
    return "(bye)"


SLASH_COMMANDS: dict[str, SlashCommand] = {
    "/help": SlashCommand("/help", "this list", _help),
    "/clear": SlashCommand("/clear", "forget the conversation so far", _clear),
    "/think": SlashCommand(
        "/think on|off|auto|N",
        "make the model think, keep it from thinking, leave it to it, or give it N tokens",
        _think,
    ),
    "/model": SlashCommand(
        "/model NAME", "let another of the models answer; without NAME, list them", _model
    ),
    "/save": SlashCommand("/save FILE.md|FILE.json", "write the conversation to a file", _save),
    "/system": SlashCommand(
        "/system TEXT", "what the model is told first; without TEXT, no such text", _system
    ),
    "/temperature": SlashCommand(
        "/temperature X", "0 takes the likeliest token, higher varies more", _temperature
    ),
    "/exit": SlashCommand("/exit", "leave", _exit),
}
