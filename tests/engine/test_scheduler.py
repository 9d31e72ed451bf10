"""Requests are admitted in the order they came, fit what there is, and none waits for ever."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkling.engine.batch import ROWS, decode_batch, read_batch
from thinkling.engine.pages import PAGE, Pages, pages_for
from thinkling.engine.request import Request, Sequence
from thinkling.engine.scheduler import Scheduler
from thinkling.errors import RequestError
from thinkling.records import SamplingParams

NUM_ROWS = 6
NUM_PAGES = 20
ROOM = 64


def request_of(number: int, prompt: int, answer: int, n: int) -> Request:
    params = SamplingParams(n=n, max_tokens=answer)
    # Prompts of different requests begin differently, but for every third.
    first = 0 if number % 3 == 0 else 1000 * number
    return Request(number, tuple(range(first, first + prompt)), params, 0, prompt + answer)


def scheduler_of(num_pages: int = NUM_PAGES, num_rows: int = NUM_ROWS) -> Scheduler:
    return Scheduler(Pages(num_pages + 1), num_rows)


def assert_nobody_writes_where_another_reads(running: list[Sequence]) -> None:
    """Rows are distinct; a page is shared only where prompts that are equal so far fill it."""
    rows = [one.row for one in running]
    assert len(rows) == len(set(rows))
    owners: dict[int, set[tuple[int, ...]]] = {}
    for one in running:
        assert len(one.pages) == pages_for(one.request.max_length) and 0 not in one.pages
        for place, page in enumerate(one.pages):
            prompt = one.request.prompt_ids
            is_full = place < len(prompt) // PAGE
            # Whoever shares a page reads the same there: prompts that are equal up to its end.
            what = prompt[: (place + 1) * PAGE] if is_full else (one.request.number, one.index)
            owners.setdefault(page, set()).add(what)
    assert all(len(what) == 1 for what in owners.values())


def read_some(scheduler: Scheduler, room: int = ROOM) -> list[Request]:
    """One step of reading; the requests whose prompts are complete."""
    pieces = scheduler.pieces(room)
    assert sum(one.stop - one.start for one in pieces) <= max(room, PAGE)
    for one in pieces:
        assert one.start % PAGE == 0 and one.start < one.stop
        assert one.start == one.sequence.request.num_read
    return [one.sequence.request for one in pieces if scheduler.note_read(one)]


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
    while scheduler.waiting or scheduler.reading or running:
        steps += 1
        admitted += [one.number for one in scheduler.admit()]
        new = read_some(scheduler)
        assert new or running or scheduler.reading, "the queue would wait for ever"
        for one in new:
            assert one.num_open == len(one.sequences) == one.params.n
            for sequence in one.sequences:
                scheduler.running.add(sequence)
                running.append(sequence)
        assert_nobody_writes_where_another_reads(running)
        ended = data.draw(st.integers(min(1, len(running)), len(running)))
        scheduler.finish(running[:ended])
        del running[:ended]
    assert admitted == added
    assert steps <= sum(size[2] + pages_for(size[0]) for size in sizes)
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
    (request,) = scheduler.admit()
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


def test_the_beginning_that_an_earlier_prompt_had_is_not_read_again() -> None:
    scheduler = scheduler_of()
    scheduler.add(request_of(0, 3 * PAGE + 4, 10, 1))
    (first,) = scheduler.admit()
    assert read_some(scheduler, 200) == [first] and first.num_cached == 0
    # While it runs, and after it has ended, too.
    for number in (3, 6):
        scheduler.add(request_of(number, 2 * PAGE + 9, 5, 2))
        (later,) = scheduler.admit()
        assert later.num_cached == later.num_read == 2 * PAGE
        assert later.sequences[1].pages[:2] == first.sequences[0].pages[:2]
        (piece,) = scheduler.pieces(200)
        assert (piece.start, piece.stop) == (2 * PAGE, 2 * PAGE + 9)
        assert scheduler.note_read(piece)
        scheduler.finish([*later.sequences, *(first.sequences if number == 3 else [])])
    assert scheduler.pages.num_free == NUM_PAGES
    # A prompt that is known to its end still has its last token read.
    scheduler.add(request_of(9, 3 * PAGE, 5, 1))
    (whole,) = scheduler.admit()
    assert whole.num_cached == 2 * PAGE
    scheduler.finish(whole.sequences)
    scheduler.pages.forget_all()
    scheduler.add(request_of(12, 3 * PAGE, 5, 1))
    assert scheduler.admit()[0].num_cached == 0


@given(
    sizes=st.lists(st.tuples(st.integers(1, 700), st.integers(0, 43)), min_size=1, max_size=6),
    room=st.integers(1, 900),
)
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_pieces_cover_every_prompt_once_and_a_querys_keys_follow_from_its_position(
    sizes: list[tuple[int, int]], room: int
) -> None:
    scheduler = scheduler_of(num_pages=sum(pages_for(n + 1) for n, _ in sizes), num_rows=len(sizes))
    for number, (length, _) in enumerate(sizes):
        scheduler.add(request_of(3 * number + 1, length, 1, 1))
    read: dict[int, list[int]] = {}
    requests = {one.number: one for one in scheduler.admit()}
    while scheduler.reading:
        pieces = scheduler.pieces(room)
        batch = read_batch(pieces)
        assert len(batch.ids) % ROWS == 0
        owner = [piece for piece in pieces for _ in range(piece.start, piece.stop)]
        assert not batch.slots[len(owner) :].any()
        for row, piece in enumerate(owner):
            request = piece.sequence.request
            position = int(batch.positions[row])
            read.setdefault(request.number, []).append(position)
            assert batch.ids[row] == request.prompt_ids[position]
            page = piece.sequence.pages[position // PAGE]
            assert batch.slots[row] == page * PAGE + position % PAGE
        seen = np.zeros(len(owner), int)
        for block in batch.blocks:
            assert block.rows.shape[1] % ROWS == 0 and block.pages.shape[1] * PAGE == block.key_length
            for line, pages in zip(block.rows, block.pages, strict=True):
                for i, row in enumerate(line.tolist()):
                    if row < 0:
                        continue
                    seen[row] += 1
                    position = int(batch.positions[row])
                    assert position == block.start + i < block.key_length
                    wanted = next(
                        (n for n in (64, 128, 256, 512) if position < n), -(-(position + 1) // 512) * 512
                    )
                    assert block.key_length == wanted
                    past = pages_for(position + 1)
                    assert pages[:past].tolist() == owner[row].sequence.pages[:past]
        assert (seen == 1).all()
        for piece, last in zip(pieces, batch.last.tolist(), strict=True):
            assert batch.positions[last] == piece.stop - 1 and owner[last] is piece
            scheduler.note_read(piece)
    for number, positions in read.items():
        assert positions == list(range(len(requests[number].prompt_ids)))
