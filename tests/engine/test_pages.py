"""Pages are never owned twice by strangers, and all come back."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from thinkling.engine.pages import PAGE, Pages, pages_for

NUM_PAGES = 12


class Owners(RuleBasedStateMachine):
    """Takes, shares, releases, remembers and finds at random, beside plain lists and a plain dict."""

    def __init__(self) -> None:
        super().__init__()
        self.pages = Pages(NUM_PAGES + 1)
        self.holders: list[list[int]] = []
        self.content: dict[int, tuple[int, ...]] = {}
        """What a page was said to hold, from the beginning of its text, until it was taken again."""

    @rule(count=st.integers(0, NUM_PAGES))
    def take(self, count: int) -> None:
        count = min(count, self.pages.num_free)
        held = {page for holder in self.holders for page in holder}
        taken = self.pages.take(count)
        assert len(taken) == len(set(taken)) == count
        assert not held & set(taken) and 0 not in taken
        assert all(1 <= page <= NUM_PAGES for page in taken)
        for page in taken:
            self.content.pop(page, None)
        self.holders.append(taken)

    @rule(data=st.data())
    def share(self, data: st.DataObject) -> None:
        if self.holders:
            holder = data.draw(st.sampled_from(self.holders))
            part = holder[: data.draw(st.integers(0, len(holder)))]
            self.pages.share(part)
            self.holders.append(list(part))

    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        if self.holders:
            self.pages.release(self.holders.pop(data.draw(st.integers(0, len(self.holders) - 1))))

    @rule(data=st.data(), letters=st.lists(st.integers(0, 1), max_size=4))
    def remember(self, data: st.DataObject, letters: list[int]) -> None:
        """A holder's pages are filled with a text, page by page, where they hold nothing yet."""
        fresh = [one for one in self.holders if not any(page in self.content for page in one)]
        if not fresh:
            return
        holder = data.draw(st.sampled_from(fresh))
        known, content = self.pages.find(text_of(letters))
        for place in range(len(known), min(len(letters), len(known) + len(holder))):
            page = holder[place - len(known)]
            content = self.pages.remember(content, text_of(letters[place : place + 1]), page)
            self.content[page] = text_of(letters[: place + 1])

    @rule(letters=st.lists(st.integers(0, 1), max_size=4))
    def find_and_own(self, letters: list[int]) -> None:
        known, _ = self.pages.find(text_of(letters))
        for place, page in enumerate(known):
            assert self.content[page] == text_of(letters[: place + 1])
        self.pages.share(known)
        self.holders.append(known)

    @rule()
    def forget_all(self) -> None:
        self.pages.forget_all()
        assert all(not self.pages.find(text_of([letter]))[0] for letter in (0, 1))
        held = {page for holder in self.holders for page in holder}
        # Who holds a page goes on reading it, but nobody finds it any more.
        self.content = {page: () for page in self.content if page in held}

    @invariant()
    def every_page_is_held_or_free(self) -> None:
        held = Counter(page for holder in self.holders for page in holder)
        assert self.pages.num_free == NUM_PAGES - len(held)
        assert self.pages.num_owned(range(1, NUM_PAGES + 1)) == len(held)

    def teardown(self) -> None:
        for holder in self.holders:
            self.pages.release(holder)
        assert self.pages.num_free == NUM_PAGES
        assert sorted(self.pages.take(NUM_PAGES)) == list(range(1, NUM_PAGES + 1))


def text_of(letters: list[int]) -> tuple[int, ...]:
    """A page full of each letter."""
    return tuple(letter for letter in letters for _ in range(PAGE))


TestOwners = Owners.TestCase
TestOwners.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None, derandomize=True, database=None
)


def test_a_quiet_machine_hands_out_contiguous_runs() -> None:
    pages = Pages(9)
    first, second = pages.take(3), pages.take(2)
    assert first == [1, 2, 3] and second == [4, 5]
    pages.release(second)
    pages.release(first)
    assert pages.take(5) == [1, 2, 3, 4, 5]


def test_misuse_is_caught_at_once() -> None:
    pages = Pages(4)
    taken = pages.take(2)
    with pytest.raises(AssertionError, match="more than fits"):
        pages.take(2)
    pages.release(taken)
    with pytest.raises(AssertionError, match="released twice"):
        pages.release(taken)
    with pytest.raises(AssertionError, match="in use"):
        pages.share(taken)


def test_positions_round_up_to_whole_pages() -> None:
    assert [pages_for(n) for n in (0, 1, PAGE, PAGE + 1)] == [0, 1, 1, 2]
