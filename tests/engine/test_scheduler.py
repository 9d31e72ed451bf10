"""Requests are admitted in the order they came, grow, give way, and none waits for ever."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkling.engine.batch import ROWS, decode_batch
from thinkling.engine.pages import PAGE, Pages, pages_for
from thinkling.engine.reading import read_batch
from thinkling.engine.request import NOWHERE, Reading, Request, Sequence
from thinkling.engine.scheduler import Scheduler
from thinkling.errors import RequestError
from thinkling.records import SamplingParams

NUM_ROWS = 6
NUM_PAGES = 20
ROOM = 64


def request_of(number: int, prompt: int, answer: int, n: int = 1) -> Request:
    params = SamplingParams(n=n, max_tokens=answer)
    # Prompts of different requests begin differently, but for every third.
    first = 0 if number % 3 == 0 else 1000 * number
    return Request(number, tuple(range(first, first + prompt)), params, 0, prompt + answer)


def scheduler_of(num_pages: int = NUM_PAGES, num_rows: int = NUM_ROWS) -> Scheduler:
    return Scheduler(Pages(num_pages + 1), num_rows)


def read_some(scheduler: Scheduler, room: int = ROOM) -> list[Reading]:
    """One step of reading, as the engine makes it; the prompts that are complete."""
    pieces = scheduler.pieces(room)
    assert sum(one.stop - one.start for one in pieces) <= max(room, PAGE)
    for one in pieces:
        assert one.start % PAGE == 0 and one.start < one.stop and one.start == one.reading.num_read
    complete = [one.reading for one in pieces if one.is_last]
    for reading in complete:
        for sequence in reading.sequences:
            scheduler.running.add(sequence)
    for one in pieces:
        scheduler.note_read(one)
    say(scheduler, [sequence.row for reading in complete for sequence in reading.sequences], 0)
    return complete


def say(scheduler: Scheduler, rows: list[int], num_read: int) -> None:
    """Every row says a token: what it said before, or one that tells who says it and where."""
    running = scheduler.running
    if not rows:
        return
    all_rows = np.array(rows)
    position = running.length[all_rows] + num_read
    ids = np.where(running.forced[all_rows] >= 0, running.forced[all_rows], running.seed[all_rows] + position)
    is_new = running.move(all_rows, position, ids.astype(np.int64))
    running.note(all_rows[is_new], ids[is_new].astype(np.int64), np.zeros(int(is_new.sum()), np.float32))


def held(scheduler: Scheduler) -> list[Sequence]:
    """Everybody who has a place."""
    active = [scheduler.running.sequence_at(row) for row in scheduler.running.active]
    return [*active, *(one for reading in scheduler.reading for one in reading.sequences)]


def assert_nobody_writes_where_another_reads(scheduler: Scheduler) -> None:
    """Rows are distinct; a page is shared only where prompts that are equal so far fill it."""
    rows = [one.row for one in held(scheduler)]
    assert len(rows) == len(set(rows)) and NOWHERE not in rows
    owners: dict[int, set[tuple[int, ...]]] = {}
    for one in held(scheduler):
        assert 0 not in one.pages and len(one.pages) <= pages_for(one.request.max_length)
        for place, page in enumerate(one.pages):
            prompt = one.request.prompt_ids
            is_full = place < len(prompt) // PAGE
            # Whoever shares a page reads the same there: prompts that are equal up to its end.
            what = prompt[: (place + 1) * PAGE] if is_full else (-1, *one.rank)
            owners.setdefault(page, set()).add(what)
    assert all(len(what) == 1 for what in owners.values())
    free_rows = set(scheduler.running.free)
    assert not free_rows & set(rows) and len(free_rows) + len(rows) == scheduler.num_rows
    assert all(one.row == NOWHERE and not one.pages for one in scheduler.paused)


SIZES = st.tuples(st.integers(1, 90), st.integers(1, 150), st.integers(1, NUM_ROWS))


@given(sizes=st.lists(SIZES, min_size=1, max_size=14), data=st.data())
@settings(max_examples=40, deadline=None, derandomize=True, database=None)
def test_everybody_says_everything_in_a_cache_that_is_too_small_for_all(
    sizes: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    scheduler = scheduler_of()
    requests = [request_of(number, *size) for number, size in enumerate(sizes)]
    for request in requests:
        object.__setattr__(request, "seed", 100 * request.number)
        scheduler.add(request)
    said: dict[tuple[int, int], list[int]] = {}
    first_read: list[int] = []
    for _ in range(60_000):
        if not (scheduler.has_waiting or scheduler.reading or scheduler.running.active):
            break
        scheduler.admit()
        assert scheduler.reading or scheduler.running.active, "nothing can go on"
        assert_nobody_writes_where_another_reads(scheduler)
        if scheduler.reading and (not scheduler.running.active or data.draw(st.booleans())):
            first_read += [one.sequences[0].request.number for one in read_some(scheduler)]
        else:
            oldest = min(held(scheduler), key=lambda one: one.rank)
            scheduler.grow()
            assert oldest.row != NOWHERE, "the oldest has to go on"
            rows = [*scheduler.running.active]
            assert (scheduler.running.num_pages[rows] * PAGE > scheduler.running.length[rows]).all()
            say(scheduler, rows, 1)
        ended = []
        for row in scheduler.running.active:
            sequence = scheduler.running.sequence_at(row)
            ids, _ = scheduler.running.said(sequence)
            if not scheduler.running.replay[row] and len(ids) >= sequence.request.params.max_tokens:
                said[sequence.rank] = ids.tolist()
                ended.append(sequence)
        scheduler.finish(ended)
    assert sorted(said) == [(one.number, i) for one in requests for i in range(one.params.n)]
    for (number, _), ids in said.items():
        start = len(requests[number].prompt_ids)
        assert ids == [100 * number + start + i for i in range(len(ids))]
    begun = list(dict.fromkeys(first_read))
    assert sorted(begun) == list(range(len(requests)))
    assert scheduler.pages.num_free == NUM_PAGES
    assert sorted(scheduler.running.free) == list(range(NUM_ROWS)) and not scheduler.running.active


def test_a_small_request_does_not_overtake_a_large_one() -> None:
    scheduler = scheduler_of()
    for number, size in enumerate([(16 * 15, 16), (16 * 15, 16), (1, 1)], start=1):
        scheduler.add(request_of(number, *size))
    scheduler.admit()
    assert [one.sequences[0].request.number for one in scheduler.reading] == [1]
    assert [one.number for one in scheduler.waiting] == [2, 3]


def test_completions_of_a_prompt_share_its_full_pages_only() -> None:
    scheduler = scheduler_of()
    scheduler.add(request_of(0, PAGE + 5, 10, 3))
    scheduler.admit()
    (reading,) = scheduler.reading
    pages = [one.pages for one in reading.sequences]
    assert len({one[0] for one in pages}) == 1
    assert len({page for one in pages for page in one[1:]}) == 3
    assert scheduler.pages.num_free == NUM_PAGES - 4
    read_some(scheduler)
    scheduler.finish([reading.sequences[0]])
    assert scheduler.pages.num_free == NUM_PAGES - 3


def test_where_there_is_plenty_of_room_all_pages_are_given_at_once_side_by_side() -> None:
    scheduler = scheduler_of(num_pages=400)
    scheduler.add(request_of(1, 20, 1000))
    scheduler.admit()
    (reading,) = scheduler.reading
    assert reading.sequences[0].pages == list(range(1, pages_for(1020) + 1))
    scheduler.add(request_of(2, 20, 1000 * 2))
    scheduler.admit()
    assert len(scheduler.reading[1].sequences[0].pages) == 2


def test_more_completions_than_fit_run_one_after_the_other() -> None:
    scheduler = scheduler_of(num_pages=3)
    scheduler.add(request_of(1, 20, 20, 3))
    scheduler.admit()
    (reading,) = scheduler.reading
    assert [one.rank for one in reading.sequences] == [(1, 0), (1, 1)]
    assert [one.rank for one in scheduler.paused] == [(1, 2)]


def test_what_was_being_read_goes_first_again_and_has_nothing_meanwhile() -> None:
    scheduler = scheduler_of()
    for number, size in enumerate([(20, 20, 2), (5, 9, 1), (16 * 15, 16, 1)], start=1):
        scheduler.add(request_of(number, *size))
    scheduler.admit()
    assert [one.sequences[0].request.number for one in scheduler.reading] == [1, 2]
    scheduler.pause_readings()
    assert not scheduler.reading and [one.rank for one in scheduler.paused] == [(1, 0), (1, 1), (2, 0)]
    assert scheduler.pages.num_free == NUM_PAGES and sorted(scheduler.running.free) == list(range(NUM_ROWS))
    scheduler.admit()
    assert [one.sequences[0].rank for one in scheduler.reading] == [(1, 0), (1, 1), (2, 0)]


@pytest.mark.parametrize(("prompt", "answer", "n"), [(PAGE * NUM_PAGES, 1, 1), (100, 221, 2), (1, 1, 7)])
def test_what_could_not_run_even_alone_is_refused(prompt: int, answer: int, n: int) -> None:
    scheduler = scheduler_of()
    with pytest.raises(RequestError, match="the engine has 320 in 6") as caught:
        scheduler.add(request_of(0, prompt, answer, n))
    assert caught.value.hint
    assert not scheduler.waiting


def test_what_just_fits_alone_is_admitted() -> None:
    scheduler = scheduler_of()
    scheduler.add(request_of(0, PAGE * NUM_PAGES - 1, 1, 1))
    scheduler.admit()
    assert len(scheduler.reading) == 1 and scheduler.pages.num_free == 0


def test_the_beginning_that_an_earlier_prompt_had_is_not_read_again() -> None:
    scheduler = scheduler_of()
    scheduler.add(request_of(0, 3 * PAGE + 4, 10, 1))
    scheduler.admit()
    (first,) = read_some(scheduler, 200)
    assert first.sequences[0].request.num_cached == 0
    # While it runs, and after it has ended, too.
    for number in (3, 6):
        scheduler.add(request_of(number, 2 * PAGE + 9, 5, 2))
        scheduler.admit()
        (later,) = scheduler.reading
        assert later.sequences[0].request.num_cached == later.num_read == 2 * PAGE
        if number == 3:
            assert later.sequences[1].pages[:2] == first.sequences[0].pages[:2]
        (piece,) = scheduler.pieces(200)
        assert (piece.start, piece.stop) == (2 * PAGE, 2 * PAGE + 9) and piece.is_last
        read_some(scheduler, 200)
        scheduler.finish([*later.sequences, *(first.sequences if number == 3 else [])])
    assert scheduler.pages.num_free == NUM_PAGES
    # A prompt that is known to its end still has its last token read.
    scheduler.add(request_of(9, 3 * PAGE, 5, 1))
    scheduler.admit()
    assert scheduler.reading[0].num_read == 2 * PAGE
    scheduler.finish(scheduler.reading[0].sequences)
    scheduler.pages.forget_all()
    scheduler.add(request_of(12, 3 * PAGE, 5, 1))
    scheduler.admit()
    assert scheduler.reading[0].num_read == 0


def running_at(lengths: list[int]) -> Scheduler:
    """Everybody has read a prompt of its length and has said one token."""
    scheduler = scheduler_of(num_pages=sum(pages_for(n + 2) for n in lengths), num_rows=len(lengths))
    for number, length in enumerate(lengths):
        scheduler.add(request_of(3 * number + 1, length, 2, 1))
    while scheduler.has_waiting or scheduler.reading:
        scheduler.admit()
        read_some(scheduler, 2**20)
    scheduler.grow()
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
        sequence = scheduler.running.sequence_at(row)
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


@given(
    lengths=st.lists(st.integers(1, 700), min_size=1, max_size=6),
    room=st.integers(1, 900),
)
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_pieces_cover_every_prompt_once_and_a_querys_keys_follow_from_its_position(
    lengths: list[int], room: int
) -> None:
    scheduler = scheduler_of(num_pages=2 * sum(pages_for(n + 1) for n in lengths), num_rows=len(lengths))
    for number, length in enumerate(lengths):
        scheduler.add(request_of(3 * number + 1, length, 1))
    read: dict[tuple[int, ...], list[int]] = {}
    scheduler.admit()
    while scheduler.reading:
        pieces = scheduler.pieces(room)
        batch = read_batch(pieces)
        assert len(batch.ids) % ROWS == 0
        owner = [piece for piece in pieces for _ in range(piece.start, piece.stop)]
        assert not batch.slots[len(owner) :].any()
        for row, piece in enumerate(owner):
            position = int(batch.positions[row])
            read.setdefault(piece.reading.prompt_ids, []).append(position)
            assert batch.ids[row] == piece.reading.prompt_ids[position]
            page = piece.reading.sequences[0].pages[position // PAGE]
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
                    many = -(-(position + 1) // 512) * 512
                    assert block.key_length == next((n for n in (64, 128, 256) if position < n), many)
                    past = pages_for(position + 1)
                    assert pages[:past].tolist() == owner[row].reading.sequences[0].pages[:past]
        assert (seen == 1).all()
        for piece, last in zip(pieces, batch.last.tolist(), strict=True):
            assert batch.positions[last] == piece.stop - 1 and owner[last] is piece
        read_some(scheduler, room)
    assert len(read) == len(lengths)
    for prompt, positions in read.items():
        assert positions == list(range(len(prompt)))
