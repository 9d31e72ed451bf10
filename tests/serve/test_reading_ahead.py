"""While a person reads an answer, the service reads the conversation as its next question will find it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.serve.served import Served, served
from thinkling import LLM, Message
from thinkling.engine.pages import PAGE

MODEL = "thinkling"


@pytest.fixture(scope="module")
def running() -> Iterator[Served]:
    with served({MODEL: None}) as found:
        yield found


def asked_of(number: int) -> list[Any]:
    """A conversation, of another length for every number: only whole pages are found again."""
    first: list[Any] = []
    for one in range(1 + number % 4):
        first += [{"role": "user", "content": f"What's {one}+2?"}]
        first += [{"role": "assistant", "content": f"That is {one + 2}."}]
    return [*first, {"role": "user", "content": f"What's {number} times 73?"}]


def cached(running: Served, llm: LLM, asked: list[Any], pause_s: float) -> tuple[int, int, int]:
    """Of the next question's prompt: tokens found in the cache, those that the service could have read ahead,
    and those that were read for the question before."""
    client = running.client().chat.completions
    answer = client.create(model=MODEL, messages=asked, temperature=0).choices[0].message
    assert answer.content is not None
    said = [*asked, {"role": "assistant", "content": answer.content}]
    known = llm.read_ahead(said)
    before = len(llm.template.prompt(llm.tokenizer, [Message(**one) for one in asked]).ids)
    time.sleep(pause_s)
    more: list[Any] = [*said, {"role": "user", "content": "What's 2+2?"}]
    found = client.create(model=MODEL, messages=more, temperature=0).usage
    assert found is not None and found.prompt_tokens_details is not None
    return found.prompt_tokens_details.cached_tokens or 0, known // PAGE * PAGE, before // PAGE * PAGE


def test_the_next_question_finds_the_last_answer_read(running: Served) -> None:
    llm, pauses, num_shown = LLM(), iter((0.3, 1.0, 3.0, 9.0, 20.0)), 0
    pause_s = next(pauses)
    for number in range(41, 60):
        found, known, before = cached(running, llm, asked_of(number), pause_s)
        if found < known:  # a busy machine needs longer
            pause_s = next(pauses)
            continue
        assert found == known
        num_shown += known > before
        if num_shown == 2:
            break
    assert num_shown == 2, "no answer fills a page"


def test_who_asks_meanwhile_waits_for_one_step_at_most(running: Served) -> None:
    """Many conversations one after another, without a pause: nothing is lost, and nothing is mixed up."""
    llm = LLM()
    for number in range(6):
        question: list[Any] = [{"role": "user", "content": f"What's {number + 12} times 34?"}]
        found = running.client().chat.completions.create(model=MODEL, messages=question, temperature=0)
        assert found.choices[0].message.content == llm.chat(question, temperature=0).content
    running.wait_until_idle()
