"""Question templates: every alternative is drawn, wherever the brackets stand."""

from __future__ import annotations

from random import Random

from thinkling.tasks.phrase import Phrases


def test_a_template_that_is_one_bracket_is_drawn_with_all_its_alternatives() -> None:
    phrases, random = Phrases(("[yes|no|perhaps]",)), Random(0)
    assert {phrases.draw(random) for _ in range(60)} == {"yes", "no", "perhaps"}


def test_draws_reach_just_what_expanded_lists() -> None:
    phrases, random = Phrases(("[Count|Add] {n}[!|]", "{n}?")), Random(0)
    drawn = {phrases.said(random, n=3) for _ in range(200)}
    assert drawn == {template.format(n=3) for template in phrases.expanded()}
    assert drawn == {"Count 3!", "Count 3", "Add 3!", "Add 3", "3?"}
