"""A stand-in for the model behind a chat: a fixed reply, slowly if asked; it keeps what it was sent."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from thinkling.cli.chat import Talk
from thinkling.cli.conversation import Conversation
from thinkling.cli.sampling import BUNDLED
from thinkling.errors import ModelError, RequestError
from thinkling.records import Message, Piece, Reply


class ScriptedLLM:
    """Answers every conversation with the number of its messages; "too long" is refused."""

    def __init__(self, seconds_per_piece: float = 0.0) -> None:
        self.seconds_per_piece = seconds_per_piece
        self.asked: list[tuple[list[Message], dict[str, Any]]] = []
        self.num_aborted = 0
        self.last_reply: Reply | None = None

    def count_tokens(self, text: str) -> int:
        """Counts words as tokens."""
        return len(text.split())

    def read_ahead(self, messages: list[Message], is_stopped: Callable[[], bool]) -> int:
        """Takes as long as it may."""
        while not is_stopped():
            time.sleep(0.01)
        return len(messages)

    def stream(self, messages: list[Message], **options: Any) -> Iterator[Piece]:
        self.asked.append((messages, options))
        if messages[-1].content == "too long":
            raise RequestError("The conversation is too long.", "/clear starts afresh")
        is_finished = False
        try:
            for piece in (
                Piece("reasoning", "let me count"),
                Piece("content", f"{len(messages)} "),
                Piece("content", "messages"),
            ):
                time.sleep(self.seconds_per_piece)
                yield piece
            is_finished = True
        finally:
            self.num_aborted += not is_finished
        self.last_reply = Reply(f"{len(messages)} messages", "let me count", "stop")


class ScriptedModels:
    """Models of a chat by name; "broken" cannot be used."""

    def __init__(self, models: Mapping[str, ScriptedLLM]) -> None:
        self.models = models

    @contextmanager
    def use(self, name: str) -> Iterator[ScriptedLLM]:
        if name == "broken":
            raise ModelError("the folder is empty.", "name another")
        yield self.models[name]


def scripted_talk(seconds_per_piece: float = 0.0, *, is_folded: bool = False) -> tuple[ScriptedLLM, Talk]:
    """A chat with the scripted model."""
    llm = ScriptedLLM(seconds_per_piece)
    models = ScriptedModels({BUNDLED: llm})
    return llm, Talk(models, Conversation(), is_folded=is_folded)  # type: ignore[arg-type]


def talk_with_two() -> tuple[ScriptedLLM, ScriptedLLM, Talk]:
    """A chat with the models "folder/small" and "folder/large", and with "broken"."""
    small, large = ScriptedLLM(), ScriptedLLM()
    conversation = Conversation(models=["folder/small", "folder/large", "broken"])
    models = ScriptedModels({"folder/small": small, "folder/large": large})
    return small, large, Talk(models, conversation, is_folded=False)  # type: ignore[arg-type]
