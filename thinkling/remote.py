"""The same door on a service with OpenAI's interface: ours, vLLM, SGLang, llama.cpp, a hosted one.

    from thinkling import Remote
    print(Remote("http://127.0.0.1:8000").chat([{"role": "user", "content": "What's 12 times 14?"}]).content)

Nothing is computed here, so no torch is loaded. What fails for a moment is asked again.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, cast

import httpx2

from thinkling.errors import RequestError
from thinkling.records import (
    Completion,
    Piece,
    Prompt,
    Reply,
    SamplingParams,
    ThinkingBudget,
)
from thinkling.remote_form import (
    STREAMED,
    GrowingReply,
    Lines,
    RemoteError,
    as_json,
    as_list,
    as_object,
    as_text,
    chat_body,
    chunk_of,
    headers_with,
    reason_of,
    refusal,
    root_of,
    thinking_fields,
)
from thinkling.text.turn import Turn, as_messages, is_conversation, one_for_each

AGAIN = frozenset({408, 409, 429, 500, 502, 503, 504})
MOST_WAIT_S = 30.0
AT_ONCE = 16
BYTES_A_TOKEN = 4


class Remote:
    """A model behind a URL; `model` None is the first that the service names. Threads may share it."""

    def __init__(
        self,
        url: str,
        model: str | None = None,
        key: str | None = None,
        timeout_s: float = 600.0,
        num_retries: int = 4,
    ) -> None:
        """Raises RequestError for a URL that is none.

        Without a `key` it is THINKLING_API_KEY, or at api.openai.com OPENAI_API_KEY, of the environment.
        """
        self.url = root_of(url)
        self._client = httpx2.Client(
            headers=headers_with(key, self.url), timeout=httpx2.Timeout(timeout_s, connect=10.0)
        )
        self._num_retries, self._model = num_retries, model
        self.last_reply: Reply | None = None

    def close(self) -> None:
        """Its connections are closed."""
        self._client.close()

    def __enter__(self) -> Remote:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def model(self) -> str:
        """The model that is asked. Raises RemoteError."""
        if self._model is None:
            self._model = self.models()[0]
        return self._model

    def models(self) -> list[str]:
        """What the service has. Raises RemoteError."""
        with self._asked("GET", "/models") as response:
            found = as_list(as_json(response.read()).get("data"))
            names = [as_text(as_object(one).get("id")) for one in found]
        if not names:
            raise RemoteError(f"{self.url} names no model.", "name one")
        return names

    def chat(self, messages: Sequence[Turn], **keywords: Any) -> Reply:
        """The whole reply at once; keywords as in `stream`."""
        pieces = self.stream(messages, **keywords)
        while True:
            try:
                next(pieces)
            except StopIteration as end:  # `last_reply` may be another thread's by now
                return cast("Reply", end.value)

    def stream(
        self,
        messages: Sequence[Turn],
        *,
        temperature: float | None = None,
        top_p: float | None = None,
        max_tokens: int | None = None,
        seed: int | None = None,
        thinking: ThinkingBudget = "auto",
        stop: str | Sequence[str] = (),
    ) -> Generator[Piece, None, Reply]:
        """Yield the reply as it grows; afterwards `last_reply` is the whole, as with `LLM.stream`.

        Raises RequestError for what the service refuses, RemoteError where it cannot be reached.
        """
        body = chat_body(self.model, as_messages(messages)) | thinking_fields(thinking)
        given = {"temperature": temperature, "top_p": top_p, "max_tokens": max_tokens, "seed": seed}
        body |= {name: value for name, value in given.items() if value is not None}
        body |= {"stop": stop} if stop else {}
        return self._stream(body)

    def _stream(self, body: dict[str, Any]) -> Generator[Piece, None, Reply]:
        growing = GrowingReply()
        try:
            with self._asked("POST", "/chat/completions", body | STREAMED) as response:
                lines, has_ended = Lines(), False
                for chunk in (chunk_of(line) for data in response.iter_bytes() for line in lines.feed(data)):
                    has_ended = chunk is None
                    if chunk is None:
                        break
                    yield from growing.feed(chunk)
            yield from growing.flush()
            if not has_ended and not growing.has_ended:
                raise RemoteError(f"{self.url} broke off, or sends no stream.", "ask again")
        finally:
            self.last_reply = reply = growing.reply()
        return reply

    def count_tokens(self, text: str) -> int:
        """About how many: the service's vocabulary is not known here."""
        return -(-len(text.encode()) // BYTES_A_TOKEN)

    def read_ahead(self, messages: Sequence[Turn], is_stopped: object = None) -> int:
        """Nothing: the service reads ahead by itself, or does not."""
        return 0

    def generate(
        self, prompts: Sequence[Prompt], params: SamplingParams | Sequence[SamplingParams]
    ) -> list[Completion]:
        """All completions, as `LLM.generate` does; token ids and log-probabilities are not known here.

        A service that gives fewer answers than `n` is asked again. Raises RequestError for what cannot be
        sent.
        """
        each = one_for_each(prompts, params)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            found = pool.map(self._complete, prompts, each)
            return [one for several in found for one in several]

    def _complete(self, prompt: Prompt, params: SamplingParams) -> list[Completion]:
        if is_conversation(prompt):
            turns = as_messages(cast("Sequence[Turn]", prompt))
            path, asked = "/chat/completions", chat_body(self.model, turns)
        else:
            text = prompt if isinstance(prompt, str) else [*map(int, cast("Sequence[int]", prompt))]
            path, asked = "/completions", {"model": self.model, "prompt": text}
        choices: list[dict[str, Any]] = []
        while len(choices) < params.n:
            # The answers that are still missing have other noise than those that are there.
            seed = None if params.seed is None else params.seed + len(choices)
            rest = replace(params, n=params.n - len(choices), seed=seed)
            choices += self._choices(path, asked | self._sampling(rest))[: rest.n]
        return [
            Completion((), _said(one), reason_of(as_text(one.get("finish_reason"))), index=index)
            for index, one in enumerate(choices)
        ]

    def _choices(self, path: str, body: dict[str, Any]) -> list[dict[str, Any]]:
        """In their order, at least one."""
        with self._asked("POST", path, body) as response:
            found = [*map(as_object, as_list(as_json(response.read()).get("choices")))]
        if not found:
            raise RemoteError(f"{self.url} answers without choices.", "it may not have OpenAI's interface")
        return sorted(found, key=lambda one: one["index"] if isinstance(one.get("index"), int) else 0)

    def _sampling(self, params: SamplingParams) -> dict[str, Any]:
        usual = SamplingParams()
        if params.stop_ids or params.ignore_eos:
            raise RequestError("stop_ids and ignore_eos cannot be sent to a service.", "give stop texts")
        names = ("n", "temperature", "top_p", "max_tokens", "presence_penalty", "frequency_penalty")
        body: dict[str, Any] = {name: getattr(params, name) for name in names}
        # Names that not every service knows are only sent where they say something.
        body |= {
            name: getattr(params, name)
            for name in ("top_k", "min_p", "repetition_penalty", "seed")
            if getattr(params, name) != getattr(usual, name)
        }
        biases = {str(index): bias for index, bias in params.logit_bias.items()}
        body |= {"logit_bias": biases} if biases else {}
        body |= {"stop": list(params.stop)} if params.stop else {}
        budget = params.thinking_budget
        return body | (thinking_fields(budget) if budget is not None else {})

    @contextmanager
    def _asked(self, method: str, path: str, body: dict[str, Any] | None = None) -> Iterator[httpx2.Response]:
        """The response, once there is one that is no passing failure. Raises RequestError, RemoteError."""
        for attempt in range(self._num_retries + 1):
            is_last = attempt == self._num_retries
            try:
                with self._client.stream(method, f"{self.url}{path}", json=body) as response:
                    if response.is_success:
                        yield response
                        return
                    response.read()
                    if response.status_code not in AGAIN or is_last:
                        raise refusal(response)
                    wait_s = _wait(response, attempt)
            except httpx2.ConnectError as error:
                if is_last:
                    raise RemoteError(
                        f"{self.url} cannot be reached: {error}.",
                        "is the service running, and the URL right?",
                    ) from None
                wait_s = 0.5 * 2**attempt
            except httpx2.HTTPError as error:
                raise RemoteError(f"{self.url} broke off: {error!r}.", "ask again") from None
            time.sleep(min(wait_s, MOST_WAIT_S))


class RemoteModels:
    """The models of one service, by name, as `Models` are those in memory."""

    def __init__(self, url: str, key: str | None = None, names: Sequence[str] = ()) -> None:
        """Without `names` all that the service has. Raises RequestError, RemoteError."""
        self._one = Remote(url, key=key)
        self.folders = dict.fromkeys(names or self._one.models())
        self._remotes = {name: Remote(url, name, key) for name in self.folders}

    def close(self) -> None:
        """Connections are closed."""
        for remote in (self._one, *self._remotes.values()):
            remote.close()

    @contextmanager
    def use(self, name: str) -> Iterator[Remote]:
        """One of them. Raises RequestError for a name that there is not."""
        if name not in self._remotes:
            raise RequestError(f"there is no model {name!r}.", f"the models are {', '.join(self._remotes)}")
        yield self._remotes[name]


def _wait(response: httpx2.Response, attempt: int) -> float:
    told = response.headers.get("retry-after", "")
    return float(told) if told.isdigit() else 0.5 * 2**attempt


def _said(choice: dict[str, Any]) -> str:
    """What the model wrote, with its thinking in tags."""
    if "message" not in choice:
        return as_text(choice.get("text"))
    message = as_object(choice["message"])
    thought = as_text(message.get("reasoning_content")) or as_text(message.get("reasoning"))
    content = as_text(message.get("content"))
    return f"<think>\n{thought}\n</think>\n\n{content}" if thought else content
