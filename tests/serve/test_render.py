"""What the page shows: Markdown, code and formulas, and nothing that a model could smuggle in."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import settings as tried
from hypothesis import strategies as st

from thinkling.serve.render import ATTRIBUTES, MOST_CHARACTERS, TAGS, render


class Seen(HTMLParser):
    """Tags and attributes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_markdown_is_shown() -> None:
    page = render(
        "# One\n\n- *a*\n- **b**\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n[there](https://example.org)"
    )
    names = [tag for tag, _ in Seen(page).tags]
    assert {"h1", "ul", "li", "em", "strong", "table", "td", "a"} <= set(names)
    assert 'rel="noopener noreferrer nofollow"' in page


def test_code_is_coloured_and_kept_as_it_is() -> None:
    page = render("```python\nprint('<b>' + \"$x$\")  # $y$\n```\n\nand `$z$`")
    assert '<span class="nb">print</span>' in page and "<math" not in page
    text = re.sub(r"<[^>]+>", "", page)
    assert "&lt;b&gt;" in text and "$x$" in text.replace("&quot;", '"') and "$z$" in text
    assert "&lt;i&gt;" in render("```nonsense\n<i>\n```")


@pytest.mark.parametrize(
    "written",
    ["$a^2$", r"\(a^2\)", "$$a^2$$", r"\[a^2\]", "text $a_1+b$ more", "a\n\n$$\n\\frac{1}{2}\n$$\n\nb"],
)
def test_formulas_become_mathml(written: str) -> None:
    page = render(written)
    assert "<math" in page and "$" not in page and "\\" not in page


@pytest.mark.parametrize("written", ["It costs $5 and $6.", "a $ b $ c", "$$", "x$y$z", r"\$5\$"])
def test_money_is_no_formula(written: str) -> None:
    assert "<math" not in render(written)


@pytest.mark.parametrize(
    "written", [r"$\frac{1}{$", r"$\left($", "$" + "{" * 400 + "}" * 400 + "$", r"$\notacommand{$"]
)
def test_a_formula_that_cannot_be_read_is_shown_as_it_was_written(written: str) -> None:
    page = render(written)
    assert written[:8].replace("<", "&lt;") in page.replace("&amp;", "&")


SMUGGLED = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    r"$\text{<img src=x onerror=alert(1)>}$",
    r"$\href{javascript:alert(1)}{x}$",
    r"\(</math><script>alert(1)</script>\)",
    '```"onload=alert(1)\nx\n```',
    '```python" onclick="alert(1)\nx\n```',
    "<svg onload=alert(1)>",
    "<a href='https://x' style='position:fixed'>x</a>",
    "\ue0000\ue001",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "![x](https://example.org/track.png)",
]


@given(
    st.lists(
        st.sampled_from([*SMUGGLED, "text", "\n\n", "$", "`", "```", "|", "**", "<", ">"]), max_size=8
    ).map("".join)
)
@example("".join(SMUGGLED))
@tried(max_examples=150, deadline=None, derandomize=True, database=None)
def test_nothing_is_shown_but_what_is_on_the_list(written: str) -> None:
    for tag, attributes in Seen(render(written)).tags:
        assert tag in TAGS
        for name, value in attributes.items():
            assert name == "rel" or name in ATTRIBUTES.get(tag, set()), (tag, name)
            assert not re.match(r"\s*(javascript|data|vbscript):", value or "", re.IGNORECASE)


@given(st.text(max_size=60))
@tried(max_examples=150, deadline=None, derandomize=True, database=None)
def test_any_text_can_be_shown(written: str) -> None:
    assert isinstance(render(written), str)


@pytest.mark.parametrize(
    "written",
    [
        "$" * 20_000,
        "[" * 20_000,
        "*" * 20_000,
        "> " * 5_000,
        "`" * 20_001,
        r"\(" * 9_000,
        "$a" * 9_000,
        "- " * 9_000,
    ],
)
def test_no_text_takes_long(written: str) -> None:
    start = time.process_time()
    render(written)
    assert time.process_time() - start < 10


def test_what_is_too_long_is_shown_plainly() -> None:
    assert render("*" * (MOST_CHARACTERS + 1)).startswith("<pre>*")
