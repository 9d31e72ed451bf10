"""The state of a chat: what was said, and how the next answer is sampled."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from thinkling.cli.display import Shown
from thinkling.cli.sampling import BUNDLED, Sampling
from thinkling.errors import RequestError
from thinkling.records import Message


@dataclass
class Conversation:
    """Messages so far, in order, without the system text; `saved` are the files this chat wrote."""

    sampling: Sampling = field(default_factory=Sampling)
    system: str | None = None
    models: list[str] = field(default_factory=lambda: [BUNDLED])
    """Those that may be asked; `model` is the one that is."""
    model: str = ""
    messages: list[Message] = field(default_factory=list)
    saved: set[Path] = field(default_factory=set)
    is_over: bool = False

    def __post_init__(self) -> None:
        self.model = self.model or self.models[0]

    def asking(self, question: str) -> list[Message]:
        """The messages to send with a new question; the conversation itself is not changed."""
        return [*self.so_far(), Message("user", question)]

    def so_far(self) -> list[Message]:
        """The messages, the system text first."""
        return [*self._head(), *self.messages]

    def record(self, question: str, shown: Shown) -> None:
        """Keep a finished turn. A question that was stopped before any answer is left out."""
        if shown.content or not shown.is_stopped:
            self.messages.append(Message("user", question))
            self.messages.append(Message("assistant", shown.content.strip(), shown.reasoning.strip() or None))

    def clear(self) -> None:
        """Forget the turns; the system text and the settings stay."""
        self.messages.clear()

    def save(self, path: Path) -> None:
        """Write the conversation as .md or .json.

        Raises RequestError for another suffix and for a file that this chat did not write, OSError where the
        disk refuses.
        """
        if path.suffix not in (".md", ".json"):
            raise RequestError(f"{path} does not say how to save.", "end the name with .md or .json")
        if path.exists() and path not in self.saved:
            raise RequestError(f"{path} exists already.", "choose another name")
        text = self.as_markdown() if path.suffix == ".md" else self.as_json()
        path.write_text(text, encoding="utf-8")
        self.saved.add(path)

    def as_json(self) -> str:
        """The messages as JSON: {"messages": [{"role", "content", "reasoning"}]}."""
        messages = [asdict(message) for message in self.so_far()]
        for message in messages:
            del message["tool_calls"]  # a chat in a terminal has no tools
        return json.dumps({"messages": messages}, ensure_ascii=False, indent=2) + "\n"

    def as_markdown(self) -> str:
        """The messages as Markdown: a heading per turn, thinking as a quotation."""
        parts = ["# Conversation"]
        for message in self.so_far():
            parts.append(f"## {message.role}")
            if message.reasoning:
                parts.append("\n".join(f"> {line}".rstrip() for line in message.reasoning.splitlines()))
            parts.append(message.content)
        return "\n\n".join(parts) + "\n"

    def _head(self) -> list[Message]:
        return [Message("system", self.system)] if self.system else []
