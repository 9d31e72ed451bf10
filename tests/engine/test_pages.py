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
    """Takes, shares and releases at random, beside a plain list of who holds what."""

    def __init__(self) -> None:
        super().__init__()
        self.pages = Pages(NUM_PAGES + 1)
        self.holders: list[list[int]] = []

    @rule(count=st.integers(0, NUM_PAGES))
    def take(self, count: int) -> None:
        count = min(count, self.pages.num_free)
        held = {page for holder in self.holders for page in holder}
        taken = self.pages.take(count)
        assert len(taken) == len(set(taken)) == count
        assert not held & set(taken) and 0 not in taken
        assert all(1 <= page <= NUM_PAGES for page in taken)
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

    @invariant()
    def every_page_is_held_or_free(self) -> None:
        held = Counter(page for holder in self.holders for page in holder)
        assert self.pages.num_free == NUM_PAGES - len(held)

    def teardown(self) -> None:
        for holder in self.holders:
            self.pages.release(holder)
        assert self.pages.num_free == NUM_PAGES
        assert sorted(self.pages.take(NUM_PAGES)) == list(range(1, NUM_PAGES + 1))


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
