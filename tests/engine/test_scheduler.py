"""Requests are admitted in the order they came, fit what there is, and none waits for ever."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkling.engine.batch import ROWS, decode_batch, prefill_batch
from thinkling.engine.pages import PAGE, Pages, pages_for
from thinkling.engine.request import Request, Sequence
from thinkling.engine.scheduler import Scheduler
from thinkling.errors import RequestError
from thinkling.records import SamplingParams

NUM_ROWS = 6
NUM_PAGES = 20
PREFILL = 64


def request_of(number: int, prompt: int, answer: int, n: int) -> Request:
    params = SamplingParams(n=n, max_tokens=answer)
    return Request(number, tuple(range(prompt)), params, 0, prompt + answer)


def scheduler_of(num_pages: int = NUM_PAGES, num_rows: int = NUM_ROWS) -> Scheduler:
    return Scheduler(Pages(num_pages + 1), num_rows, PREFILL)


def assert_nobody_writes_where_another_reads(running: list[Sequence]) -> None:
    """Rows are distinct; a page is shared only within one request, and only where the prompt fills it."""
    rows = [one.row for one in running]
    assert len(rows) == len(set(rows))
    owners: dict[int, set[tuple[int, int]]] = {}
    for one in running:
        assert len(one.pages) == pages_for(one.request.max_length) and 0 not in one.pages
        for place, page in enumerate(one.pages):
            owners.setdefault(page, set()).add((one.request.number, place))
            own = [other for other in running if page in other.pages]
            assert len(own) == 1 or place < len(one.request.prompt_ids) // PAGE
    assert all(len(who) == 1 for who in owners.values())


SIZES = st.tuples(st.integers(1, 90), st.integers(1, 60), st.integers(1, NUM_ROWS))


@given(sizes=st.lists(SIZES, min_size=1, max_size=25), data=st.data())
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_admission_is_first_come_first_served_and_nothing_starves(
    sizes: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    scheduler = scheduler_of()
    added: list[int] = []
    for number, size in enumerate(sizes):
        try:
            scheduler.add(request_of(number, *size))
            added.append(number)
        except RequestError as error:
            assert error.hint
    admitted: list[int] = []
    running: list[Sequence] = []
    steps = 0
    while scheduler.waiting or running:
        steps += 1
        new = scheduler.admit()
        assert new or running, "nothing runs and nothing was admitted: the queue would wait for ever"
        assert len(new) <= 1 or sum(len(one.prompt_ids) for one in new) <= PREFILL
        admitted += [one.number for one in new]
        for one in new:
            assert one.num_open == len(one.sequences) == one.params.n
            for sequence in one.sequences:
                scheduler.running.add(sequence)
                running.append(sequence)
        assert_nobody_writes_where_another_reads(running)
        ended = data.draw(st.integers(1, len(running)))
        scheduler.finish(running[:ended])
        del running[:ended]
    assert admitted == added
    assert steps <= sum(size[2] for size in sizes)
    assert scheduler.pages.num_free == NUM_PAGES
    assert sorted(scheduler.running.free) == list(range(NUM_ROWS)) and not scheduler.running.active


def test_a_small_request_does_not_overtake_a_large_one() -> None:
    scheduler = scheduler_of()
    for number, size in enumerate([(16, 16 * 15, 1), (16, 16 * 15, 1), (1, 1, 1)]):
        scheduler.add(request_of(number, *size))
    assert [one.number for one in scheduler.admit()] == [0]
    assert scheduler.admit() == []
    assert [one.number for one in scheduler.waiting] == [1, 2]


def test_completions_of_a_prompt_share_its_full_pages_only() -> None:
    scheduler = scheduler_of()
    scheduler.add(request_of(0, PAGE + 5, 10, 3))
    ((request,),) = [scheduler.admit()]
    pages = [one.pages for one in request.sequences]
    assert len({one[0] for one in pages}) == 1
    assert len({page for one in pages for page in one[1:]}) == 3
    assert scheduler.pages.num_free == NUM_PAGES - 4
    scheduler.finish([request.sequences[0]])
    assert scheduler.pages.num_free == NUM_PAGES - 3


def test_what_is_put_back_waits_first_and_leaves_nothing_taken() -> None:
    scheduler = scheduler_of()
    for number, size in enumerate([(20, 20, 2), (5, 9, 1), (16 * 15, 16, 1)]):
        scheduler.add(request_of(number, *size))
    admitted = scheduler.admit()
    assert [one.number for one in admitted] == [0, 1]
    scheduler.put_back(list(reversed(admitted)))
    assert [one.number for one in scheduler.waiting] == [0, 1, 2]
    assert scheduler.pages.num_free == NUM_PAGES and sorted(scheduler.running.free) == list(range(NUM_ROWS))
    assert [one.number for one in scheduler.admit()] == [0, 1]


@pytest.mark.parametrize(("prompt", "answer", "n"), [(PAGE * NUM_PAGES, 1, 1), (100, 120, 2), (1, 1, 7)])
def test_what_could_not_run_even_alone_is_refused(prompt: int, answer: int, n: int) -> None:
    scheduler = scheduler_of()
    with pytest.raises(RequestError, match="the engine has 320 in 6") as caught:
        scheduler.add(request_of(0, prompt, answer, n))
    assert caught.value.hint
    assert not scheduler.waiting


def test_what_just_fits_alone_is_admitted() -> None:
    scheduler = scheduler_of()
    scheduler.add(request_of(0, PAGE * NUM_PAGES - 1, 1, 1))
    assert len(scheduler.admit()) == 1 and scheduler.pages.num_free == 0


def running_at(lengths: list[int]) -> Scheduler:
    scheduler = scheduler_of(num_pages=sum(pages_for(n + 1) for n in lengths), num_rows=len(lengths))
    for number, length in enumerate(lengths):
        scheduler.add(request_of(number, length, 1, 1))
        for request in scheduler.admit():
            scheduler.running.add(request.sequences[0])
    while scheduler.waiting:
        for request in scheduler.admit():
            scheduler.running.add(request.sequences[0])
    return scheduler


@given(lengths=st.lists(st.integers(1, 3000), min_size=1, max_size=20))
@settings(max_examples=40, deadline=None, derandomize=True, database=None)
def test_every_row_of_a_step_writes_to_its_own_place_and_sees_all_its_past(lengths: list[int]) -> None:
    scheduler = running_at(lengths)
    batch = decode_batch(scheduler.running)
    assert len(batch.ids) == len(batch.positions) == len(batch.slots) == len(batch.lengths)
    assert len(batch.ids) % ROWS == 0
    assert sorted(batch.rows.tolist()) == sorted(scheduler.running.active)
    assert [span.stop for span in batch.spans][:-1] == [span.start for span in batch.spans][1:]
    assert batch.spans[0].start == 0 and batch.spans[-1].stop == len(batch.ids)
    for i, row in enumerate(batch.rows.tolist()):
        sequence = scheduler.running.sequence[row]
        assert sequence is not None
        length = len(sequence.request.prompt_ids)
        assert batch.positions[i] == length and batch.lengths[i] == length + 1
        assert batch.slots[i] == sequence.pages[length // PAGE] * PAGE + length % PAGE
        (span,) = (span for span in batch.spans if span.start <= i < span.stop)
        seen = span.pages[i - span.start].tolist()
        needed = sequence.pages[: pages_for(length + 1)]
        assert seen[: len(needed)] == needed
    assert not batch.slots[len(batch.rows) :].any()


@pytest.mark.parametrize("length", [1, 49_151, 49_152, 163_839, 1_000_000])
def test_the_width_of_attention_follows_the_own_length_however_long(length: int) -> None:
    alone, crowd = running_at([length]), running_at([5, length, 700])
    (span,) = decode_batch(alone.running).spans[:1]
    widths = {one.pages.shape[1] for one in decode_batch(crowd.running).spans}
    assert span.pages.shape[1] >= pages_for(length + 1)
    assert span.pages.shape[1] in widths
    assert span.pages.shape[1] <= max(2, 2 * pages_for(length + 1))


@given(lengths=st.lists(st.integers(1, 40), min_size=1, max_size=6))
@settings(max_examples=40, deadline=None, derandomize=True, database=None)
def test_prompts_are_packed_whole_and_padded_by_a_document_of_nobody(lengths: list[int]) -> None:
    scheduler = running_at(sorted(lengths))
    sequences = [one for one in scheduler.running.sequence if one is not None]
    sequences.sort(key=lambda one: len(one.request.prompt_ids))
    batch = prefill_batch(sequences)
    total = sum(lengths)
    assert len(batch.ids) % ROWS == 0 and sum(batch.lengths) == len(batch.ids) < total + ROWS
    assert batch.lengths[: len(lengths)] == tuple(sorted(lengths))
    assert len(np.unique(batch.slots[:total])) == total and not batch.slots[total:].any()
    start = 0
    for one, last in zip(sequences, batch.last.tolist(), strict=True):
        stop = start + len(one.request.prompt_ids)
        assert batch.ids[start:stop].tolist() == list(one.request.prompt_ids)
        assert batch.positions[start:stop].tolist() == list(range(stop - start))
        assert last == stop - 1
        start = stop
