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
            names = [one["id"] for one in as_json(response.read()).get("data", ())]
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
                lines = Lines()
                for chunk in (chunk_of(line) for data in response.iter_bytes() for line in lines.feed(data)):
                    if chunk is None:
                        break
                    yield from growing.feed(chunk)
            yield from growing.flush()
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
        """All completions, as `LLM.generate` does; token ids are not known here, and left empty."""
        each = one_for_each(prompts, params)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            found = pool.map(self._complete, prompts, each)
            return [one for several in found for one in several]

    def _complete(self, prompt: Prompt, params: SamplingParams) -> list[Completion]:
        body = self._sampling(params)
        if not is_conversation(prompt):
            text = prompt if isinstance(prompt, str) else [*map(int, cast("Sequence[int]", prompt))]
            asked = {"model": self.model, "prompt": text} | body
            choices = self._whole("/completions", asked)["choices"]
            texts = [one["text"] for one in choices]
        else:
            asked = chat_body(self.model, as_messages(cast("Sequence[Turn]", prompt))) | body
            choices = self._whole("/chat/completions", asked)["choices"]
            texts = [_as_written(one["message"]) for one in choices]
        return [
            Completion((), text, reason_of(one.get("finish_reason")), index=index)
            for index, (one, text) in enumerate(zip(choices, texts, strict=True))
        ]

    def _whole(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        with self._asked("POST", path, body) as response:
            found = as_json(response.read())
        if not found.get("choices"):
            raise RemoteError(f"{self.url} answers without choices.", "it may not have OpenAI's interface")
        return found

    def _sampling(self, params: SamplingParams) -> dict[str, Any]:
        usual = SamplingParams()
        names = ("n", "temperature", "top_p", "max_tokens", "presence_penalty", "frequency_penalty")
        body: dict[str, Any] = {name: getattr(params, name) for name in names}
        # Names that not every service knows are only sent where they say something.
        body |= {
            name: getattr(params, name)
            for name in ("top_k", "min_p", "repetition_penalty", "seed")
            if getattr(params, name) != getattr(usual, name)
        }
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
                    if response.status_code < 400:
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


def _as_written(message: dict[str, Any]) -> str:
    """A message as the model wrote it, with its thinking in tags."""
    thought = message.get("reasoning_content") or message.get("reasoning")
    content: str = message.get("content") or ""
    return f"<think>\n{thought}\n</think>\n\n{content}" if thought else content
