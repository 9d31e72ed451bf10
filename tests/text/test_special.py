"""The control tokens are DeepSeek's, character for character."""

from __future__ import annotations

from thinkling.text import special


def test_bars_are_fullwidth_and_low_lines_are_one_eighth_blocks() -> None:
    assert special.BOS.encode() == b"<\xef\xbd\x9cbegin\xe2\x96\x81of\xe2\x96\x81sentence\xef\xbd\x9c>"
    assert special.EOS.encode() == b"<\xef\xbd\x9cend\xe2\x96\x81of\xe2\x96\x81sentence\xef\xbd\x9c>"
    assert special.PAD.encode() == b"<\xef\xbd\x9c\xe2\x96\x81pad\xe2\x96\x81\xef\xbd\x9c>"
    assert special.USER.encode() == b"<\xef\xbd\x9cUser\xef\xbd\x9c>"
    assert special.ASSISTANT.encode() == b"<\xef\xbd\x9cAssistant\xef\xbd\x9c>"
    assert special.TOOL_SEP == "<｜tool▁sep｜>"


def test_no_control_token_but_the_think_tags_is_plain_ascii() -> None:
    assert [token for token in special.TOKENS if token.isascii()] == ["<think>", "</think>"]


def test_tokens_are_distinct_and_begin_with_bos_eos_pad() -> None:
    assert len(set(special.TOKENS)) == len(special.TOKENS)
    assert special.TOKENS[:3] == (special.BOS, special.EOS, special.PAD)
    assert set(special.TOKENS[:3]) == special.SILENT_TOKENS
