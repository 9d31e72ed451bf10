"""Messages to prompts and to training conversations: the last text on the way down to the engine.

DeepSeek-R1's layout is `chat_template.jinja` beside this file; a model folder may bring another. What a
third-party template leaves out (it may not know our `thinking` switch) is seen from how its text ends.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import jinja2

from thinkling.errors import ModelError, RequestError
from thinkling.records import ROLES, Message, StartsIn, Thinking
from thinkling.text import special
from thinkling.text.folder import TEMPLATE_FILE, read_text, read_tokenizer_config
from thinkling.text.prefill import OPEN_BLOCK, answer_parts, starts_in, with_thinking
from thinkling.text.sandbox import MAX_CHARACTERS, compile_template, run_template
from thinkling.text.shield import encode_shielded, shield
from thinkling.text.tokenizer import Tokenizer

R1_FILE = Path(__file__).with_name("chat_template.jinja")
"""The layout of DeepSeek-R1, with a `thinking` variable: "on" and "off" prefill the think block."""
R1_ZERO_FILE = Path(__file__).with_name("r1_zero_prompt.jinja")
"""The prompt of DeepSeek-R1-Zero (arXiv 2501.12948, table 1); its answers follow `R1_ZERO_TAGS`."""

R1_TOOLS_FILE = Path(__file__).with_name("r1_tools_template.jinja")
"""The layout of DeepSeek-R1 with tools. The released templates lose openings of a second round of calls."""

MAX_MESSAGES = 4096

Tool = Mapping[str, Any]
"""A tool as OpenAI has it: {"type": "function", "function": {"name", "description", "parameters"}}."""


@dataclass(frozen=True, slots=True)
class ChatPrompt:
    """A prompt, and where the first sampled token falls."""

    ids: tuple[int, ...]
    starts_in: StartsIn


@dataclass(frozen=True, slots=True)
class Conversation:
    """A training conversation. `is_answer` marks what the last assistant turn wrote, its EOS included."""

    ids: tuple[int, ...]
    is_answer: tuple[bool, ...]


class Template:
    """A compiled chat template with the BOS and EOS strings that it writes."""

    def __init__(self, source: str, bos_token: str | None = special.BOS, eos_token: str | None = special.EOS):
        """Raises ModelError where `source` is no Jinja template."""
        self.source = source
        self.bos_token = bos_token
        self.eos_token = eos_token
        self._compiled = compile_template(source)

    @classmethod
    def default(cls) -> Template:
        """The layout of DeepSeek-R1."""
        return cls.from_file(R1_FILE)

    @classmethod
    def from_file(
        cls, path: Path, bos_token: str | None = special.BOS, eos_token: str | None = special.EOS
    ) -> Template:
        """A template from any file, such as `R1_ZERO_FILE`. Raises ModelError."""
        return cls(read_text(Path(path)), bos_token, eos_token)

    @classmethod
    def load(cls, folder: Path) -> Template:
        """The template of a model folder. Raises ModelError where there is none."""
        config = read_tokenizer_config(Path(folder))
        path = Path(folder) / TEMPLATE_FILE
        source = read_text(path) if path.exists() else config.chat_template
        if source is None:
            raise ModelError(
                f"The model in {folder} has no chat template.",
                f"use a chat model, or put a {TEMPLATE_FILE} into the folder",
            )
        return cls(source, config.bos_token, config.eos_token)

    def save(self, folder: Path) -> None:
        """Write `chat_template.jinja` into `folder`."""
        (Path(folder) / TEMPLATE_FILE).write_text(self.source, encoding="utf-8")

    def render(
        self,
        messages: Sequence[Message],
        thinking: Thinking = "auto",
        add_generation_prompt: bool = True,
        tools: Sequence[Tool] = (),
    ) -> str:
        """The text of a conversation. Control tokens in the messages are NOT disarmed: see `prompt`.

        Raises RequestError on a conversation that is empty, too long, has an unknown role, or is to be
        answered but does not end with a user or tool message; and where the template knows no tools.
        """
        _check(messages, add_generation_prompt)
        has_tools = bool(tools) or any(one.tool_calls or one.role == "tool" for one in messages)
        compiled = self._for_tools if has_tools else self._compiled
        variables = self._variables(messages, thinking, add_generation_prompt)
        variables["tools"] = list(tools) or None
        if has_tools and not self.is_r1:
            _parse_arguments(variables["messages"])
        text = run_template(compiled, variables)
        is_asked = add_generation_prompt and messages[-1].role == "user"
        if has_tools and self.is_r1 and is_asked and self._opens_thinking:
            text += OPEN_BLOCK
        return with_thinking(text, thinking) if add_generation_prompt else text

    @cached_property
    def is_r1(self) -> bool:
        """Whether it writes calls as R1 does; then our own layout is taken where there are tools."""
        return special.TOOL_CALLS_BEGIN in self.source or self.source == read_text(R1_FILE)

    @cached_property
    def _for_tools(self) -> jinja2.Template:
        if self.is_r1:
            return compile_template(read_text(R1_TOOLS_FILE))
        if not re.search(r"\btools\b", self.source):
            raise RequestError("This model's chat template knows no tools.", "ask without tools")
        return self._compiled

    @cached_property
    def _opens_thinking(self) -> bool:
        """Whether a prompt of this template ends inside the think block."""
        variables = self._variables([Message("user", "a")], "auto", add_generation_prompt=True)
        return starts_in(run_template(self._compiled, variables)) == "reasoning"

    def prompt(
        self,
        tokenizer: Tokenizer,
        messages: Sequence[Message],
        thinking: Thinking = "auto",
        tools: Sequence[Tool] = (),
    ) -> ChatPrompt:
        """The ids that ask for an answer. No message and no tool can smuggle in a control token.

        Raises RequestError as `render` does.
        """
        _check(messages, add_generation_prompt=True)
        _refuse_control_tokens(tokenizer, messages, tools)
        shielded, fragments = shield(tokenizer, messages)
        text = self.render(shielded, thinking, tools=tools)
        return ChatPrompt(tuple(encode_shielded(tokenizer, text, fragments)), starts_in(text))

    def conversation(self, tokenizer: Tokenizer, messages: Sequence[Message]) -> Conversation:
        """The ids of a conversation that ends with the answer to learn. Earlier answers lose their thinking.

        Raises RequestError as `render` does, and where the last message is not the assistant's; ModelError
        where the tokenizer names no EOS.
        """
        if tokenizer.eos_id is None:
            raise ModelError(
                "The tokenizer names no end-of-sentence token.", "name it in tokenizer_config.json"
            )
        context, answer = _part_answer(messages)
        shielded, fragments = shield(tokenizer, context)
        prompt = self.render(shielded)
        prompt_ids = encode_shielded(tokenizer, prompt, fragments)
        answer_ids = [*_answer_ids(tokenizer, answer, prompt), tokenizer.eos_id]
        is_answer = (False,) * len(prompt_ids) + (True,) * len(answer_ids)
        return Conversation((*prompt_ids, *answer_ids), is_answer)

    def render_training(self, messages: Sequence[Message]) -> str:
        """The text of `conversation`, BOS and EOS included, for `Tokenizer.encode_batch`.

        Raises RequestError as `conversation` does, and where a message holds a control token's string: only
        `conversation` can disarm it.
        """
        context, answer = _part_answer(messages)
        for message in messages:
            found = self._control_pattern.search(f"{message.content}\0{message.reasoning or ''}")
            if found:
                raise RequestError(
                    f"A {message.role} message holds the control token {found.group()}.",
                    "encode this conversation with Template.conversation, or leave it out of the corpus",
                )
        prompt = self.render(context)
        return prompt + "".join(answer_parts(answer, prompt)) + (self.eos_token or "")

    @cached_property
    def _control_pattern(self) -> re.Pattern[str]:
        tokens = {*special.TOKENS, *filter(None, (self.bos_token, self.eos_token))}
        return re.compile("|".join(map(re.escape, sorted(tokens))))

    def _variables(
        self, messages: Sequence[Message], thinking: Thinking, add_generation_prompt: bool
    ) -> dict[str, Any]:
        variables: dict[str, Any] = {
            "messages": [_as_dict(message) for message in messages],
            "add_generation_prompt": add_generation_prompt,
            "tools": None,
            "documents": None,
        }
        variables |= {
            name: token
            for name, token in (("bos_token", self.bos_token), ("eos_token", self.eos_token))
            if token is not None
        }
        if thinking != "auto":  # left undefined, so that a template's own preset holds
            variables |= {"thinking": thinking, "enable_thinking": thinking == "on"}
        return variables


def _check(messages: Sequence[Message], add_generation_prompt: bool) -> None:
    if not messages:
        raise RequestError("The conversation is empty.", "send at least one user message")
    if len(messages) > MAX_MESSAGES:
        raise RequestError(f"The conversation has {len(messages)} messages.", f"send at most {MAX_MESSAGES}")
    for message in messages:
        if message.role not in ROLES:
            raise RequestError(f"The role {message.role!r} is unknown.", f"use one of {', '.join(ROLES)}")
    for place, one in enumerate(messages):
        is_called = place > 0 and (messages[place - 1].role == "tool" or messages[place - 1].tool_calls)
        if one.role == "tool" and not is_called:
            raise RequestError(
                "A message of the role tool follows no call of a tool.",
                "put the answer that called before it",
            )
    length = sum(len(message.content) + len(message.reasoning or "") for message in messages)
    if length > MAX_CHARACTERS:
        raise RequestError(f"The conversation has {length:,} characters.", f"send at most {MAX_CHARACTERS:,}")
    if add_generation_prompt and messages[-1].role not in ("user", "tool"):
        raise RequestError(
            f"The last message is from the {messages[-1].role}, so there is nothing to answer.",
            "end the conversation with a user message",
        )


def _refuse_control_tokens(tokenizer: Tokenizer, messages: Sequence[Message], tools: Sequence[Tool]) -> None:
    """Names and schemas of tools stand between the template's own words, where nothing is shielded."""
    names = [call.name for message in messages for call in message.tool_calls]
    for text in (*names, *(json.dumps(tool, ensure_ascii=False) for tool in tools)):
        if tokenizer.has_added_token(text):
            raise RequestError("A tool holds a control token.", "call it something else")


def _parse_arguments(messages: list[dict[str, Any]]) -> None:
    """Arguments as values, which other templates write as JSON themselves; changed in place."""
    for call in (call for message in messages for call in message.get("tool_calls", ())):
        with contextlib.suppress(ValueError, RecursionError):  # what is no JSON stays a text
            call["function"]["arguments"] = json.loads(call["function"]["arguments"])


def _as_dict(message: Message) -> dict[str, Any]:
    fields: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        fields["tool_calls"] = [
            {"type": "function", "function": {"name": one.name, "arguments": one.arguments}}
            for one in message.tool_calls
        ]
    return fields if message.reasoning is None else fields | {"reasoning_content": message.reasoning}


def _part_answer(messages: Sequence[Message]) -> tuple[Sequence[Message], Message]:
    """(what was asked, the answer to learn)."""
    if not messages or messages[-1].role != "assistant":
        raise RequestError(
            "A training conversation has to end with the assistant's answer.",
            "add the answer as last message",
        )
    _check(messages[:-1], add_generation_prompt=True)
    return messages[:-1], messages[-1]


def _answer_ids(tokenizer: Tokenizer, answer: Message, prompt: str) -> list[int]:
    opening, reasoning, closing, content = answer_parts(answer, prompt)
    if not (tokenizer.has_added_token(reasoning) or tokenizer.has_added_token(content)):
        return tokenizer.encode(opening + reasoning + closing + content)
    return [
        *tokenizer.encode(opening),
        *tokenizer.encode_plain(reasoning),
        *tokenizer.encode(closing),
        *tokenizer.encode_plain(content),
    ]
