"""Markdown, code and formulas as HTML that is safe to show, whatever a model wrote.

markdown-it without HTML, pygments by class names, latex2mathml, and over all of it a whitelist (nh3):
latex2mathml lets tags through, and raises on what it cannot read, which then is shown as it was written.
"""

from __future__ import annotations

import html
import re
from functools import cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

MOST_CHARACTERS = 200_000
MOST_FORMULA, MOST_CODE = 2_000, 50_000
MOST_DEPTH = 20
"""Nested braces of a formula: latex2mathml is recursive."""

MATHML = {
    *("math", "semantics", "annotation", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt"),
    *("mroot", "mstyle", "merror", "mpadded", "mphantom", "mfenced", "menclose", "msub", "msup", "msubsup"),
    *("munder", "mover", "munderover", "mtable", "mtr", "mtd", "mlabeledtr"),
}
TAGS = {
    *("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "em", "strong", "s", "code", "pre", "blockquote"),
    *("ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "a", "span", "div"),
} | MATHML
ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href", "title"},
    "code": {"class"},
    "pre": {"class"},
    "span": {"class"},
    "div": {"class"},
    "ol": {"start"},
    "th": {"style"},
    "td": {"style"},
    "math": {"display"},
    **{name: {"stretchy", "form", "fence", "separator"} for name in ("mo",)},
    **{name: {"mathvariant"} for name in ("mi", "mtext", "mstyle")},
    "mspace": {"width"},
    "mtable": {"columnalign"},
}
_FORMULA = re.compile(
    r"\\\[(?P<b1>.+?)\\\]|\$\$(?P<b2>.+?)\$\$|\\\((?P<i1>.+?)\\\)|(?<![\w$\\])\$(?P<i2>[^\s$](?:[^$\n]*[^\s$\\])?)\$(?![\w$])",
    re.DOTALL,
)
_PLACE = re.compile("\ue000(\\d+)\ue001")


def render(text: str) -> str:
    """HTML of one piece of Markdown. What is too long is shown as plain text."""
    if len(text) > MOST_CHARACTERS:
        return f"<pre>{html.escape(text)}</pre>"
    formulas: list[str] = []
    marked = _without_formulas(text.replace("\ue000", "").replace("\ue001", ""), formulas)
    written = _markdown().render(marked)
    whole = _PLACE.sub(lambda match: formulas[int(match[1])], written)
    return nh3.clean(
        whole,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
        filter_style_properties={"text-align"},
    )


def _without_formulas(text: str, formulas: list[str]) -> str:
    """Formulas outside of code give way to marks, which Markdown leaves alone."""
    parts = re.split(r"(^(?:```|~~~).*?^(?:```|~~~)\s*$|`[^`\n]+`)", text, flags=re.DOTALL | re.MULTILINE)

    def kept(match: re.Match[str]) -> str:
        is_block = match["b1"] is not None or match["b2"] is not None
        source = next(part for part in match.groups() if part is not None)
        formulas.append(formula(source, is_block=is_block, written=match[0]))
        return f"\ue000{len(formulas) - 1}\ue001"

    return "".join(part if place % 2 else _FORMULA.sub(kept, part) for place, part in enumerate(parts))


def formula(source: str, *, is_block: bool, written: str) -> str:
    """MathML, or the source where that cannot be made."""
    if len(source) <= MOST_FORMULA and _depth(source) <= MOST_DEPTH:
        from latex2mathml.converter import convert

        try:
            made: str = convert(source, display="block" if is_block else "inline")
        except Exception:  # it has no common error: whatever a model wrote is shown as it is
            made = ""
        if made:
            return made
    return f'<code class="formula">{html.escape(written)}</code>'


def _depth(source: str) -> int:
    deepest = depth = 0
    for letter in source:
        depth += (letter == "{") - (letter == "}")
        deepest = max(deepest, depth)
    return max(deepest, source.count("\\left"))


@cache
def _markdown() -> MarkdownIt:
    made = MarkdownIt(
        "commonmark", {"html": False, "linkify": False, "highlight": _highlighted, "maxNesting": 30}
    )
    return made.enable(["table", "strikethrough"])


def _highlighted(code: str, language: str, _: Any) -> str:
    """A block of code, coloured by class names where its language is known."""
    name = language if re.fullmatch(r"[\w+#.-]{1,30}", language) else ""
    body = html.escape(code)
    if name and len(code) <= MOST_CODE:
        try:
            body = highlight(code, get_lexer_by_name(name), HtmlFormatter(nowrap=True))
        except ClassNotFound:
            name = ""
    return f'<pre class="code"><code class="language-{name or "text"}">{body}</code></pre>'
