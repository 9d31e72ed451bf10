"""Training, loading and both doors of the tokenizer."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import tokenizers
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkling.errors import ConfigError, ModelError, RequestError
from thinkling.text import special
from thinkling.text.template import Template
from thinkling.text.tokenizer import Tokenizer

from .conftest import CORPUS

CONTROL_IDS = set(range(len(special.TOKENS)))
texts_with_control_tokens = st.lists(
    st.one_of(st.text(max_size=8), st.sampled_from([*special.TOKENS, "<thi", "nk>", "数学", "👩‍👩‍👧", " 7"]))
).map("".join)


def test_control_tokens_have_the_first_ids_in_order(tokenizer: Tokenizer) -> None:
    assert [tokenizer.id_of(token) for token in special.TOKENS] == list(range(len(special.TOKENS)))
    assert (tokenizer.bos_id, tokenizer.eos_id, tokenizer.pad_id) == (0, 1, 2)
    assert tokenizer.token_of(tokenizer.think_open_id or 0) == "<think>"
    assert tokenizer.token_of(tokenizer.think_close_id or 0) == "</think>"


def test_only_bos_eos_and_pad_are_silent(tokenizer: Tokenizer, tmp_path: Path) -> None:
    tokenizer.save(tmp_path, context_length=64)
    added = json.loads((tmp_path / "tokenizer.json").read_text(encoding="utf-8"))["added_tokens"]
    assert {token["content"] for token in added if token["special"]} == special.SILENT_TOKENS
    assert tokenizer.silent_ids == {0, 1, 2}


@pytest.mark.parametrize("vocab_size", [320, 360])
def test_vocabulary_has_the_size_that_was_asked_for(vocab_size: int) -> None:
    assert Tokenizer.train(CORPUS, vocab_size).vocab_size == vocab_size


def test_vocabulary_too_small_for_the_bytes_is_refused() -> None:
    with pytest.raises(ConfigError, match="271 tokens"):
        Tokenizer.train(CORPUS, vocab_size=271)


def test_training_on_nothing_still_knows_every_byte() -> None:
    bare = Tokenizer.train([], vocab_size=400)
    assert bare.vocab_size == 16 + 256
    assert bare.decode(bare.encode("数 \x00\n🙂")) == "数 \x00\n🙂"


def test_training_twice_gives_the_same_files(tmp_path: Path) -> None:
    for name in ("first", "second"):
        Tokenizer.train(iter(CORPUS), vocab_size=400).save(tmp_path / name, context_length=64)
    first, second = ((tmp_path / name / "tokenizer.json").read_bytes() for name in ("first", "second"))
    assert first == second


def test_merges_never_see_control_tokens() -> None:
    learned = Tokenizer.train(["<think>" * 50 + "<｜User｜>" * 50 + "ab"], vocab_size=400)
    assert learned.vocab_size == 16 + 256 + 1
    assert learned.token_of(272) == "ab"


@given(st.text(alphabet="0123456789", min_size=1, max_size=20))
def test_each_digit_is_a_token(tokenizer: Tokenizer, digits: str) -> None:
    assert tokenizer.encode(digits) == [tokenizer.id_of(digit) for digit in digits]
    assert len(tokenizer.encode(f" is {digits}.")) == len(tokenizer.encode(" is .")) + len(digits)


@given(texts_with_control_tokens)
def test_both_doors_round_trip_any_text(tokenizer: Tokenizer, text: str) -> None:
    assert tokenizer.decode(tokenizer.encode(text)) == text
    assert tokenizer.decode(tokenizer.encode_plain(text)) == text


@given(texts_with_control_tokens)
def test_plain_text_never_becomes_a_control_token(tokenizer: Tokenizer, text: str) -> None:
    assert CONTROL_IDS.isdisjoint(tokenizer.encode_plain(text))


@given(texts_with_control_tokens)
def test_doors_differ_exactly_where_a_control_token_is_found(tokenizer: Tokenizer, text: str) -> None:
    has_control = not CONTROL_IDS.isdisjoint(tokenizer.encode(text))
    assert tokenizer.has_added_token(text) == has_control
    assert (tokenizer.encode(text) == tokenizer.encode_plain(text)) == (not has_control)


@given(st.lists(texts_with_control_tokens, max_size=4))
@settings(max_examples=30)
def test_batch_equals_one_by_one(tokenizer: Tokenizer, texts: list[str]) -> None:
    assert tokenizer.encode_batch(texts) == [tokenizer.encode(text) for text in texts]


@given(st.lists(st.integers(0, 359), max_size=40))
def test_decode_equals_the_library_on_any_ids(tokenizer: Tokenizer, ids: list[int]) -> None:
    library = tokenizer._backend
    assert tokenizer.decode(ids) == library.decode(ids, skip_special_tokens=False)
    assert tokenizer.decode(ids, skip_special=True) == library.decode(ids, skip_special_tokens=True)


def test_encode_never_adds_bos_even_where_the_folder_asks_for_it(
    tokenizer: Tokenizer, tmp_path: Path
) -> None:
    tokenizer.save(tmp_path, context_length=64)
    _edit(tmp_path / "tokenizer_config.json", lambda fields: fields.update(add_bos_token=True))
    loaded = Tokenizer.load(tmp_path)
    assert loaded.adds_bos and not tokenizer.adds_bos
    assert loaded.encode("Hello") == tokenizer.encode("Hello")


def test_padding_rows_have_no_text_and_no_name(tokenizer: Tokenizer) -> None:
    assert tokenizer.bytes_of(100_000) == b""
    for index in (-1, 100_000):
        with pytest.raises(RequestError, match="no token"):
            tokenizer.token_of(index)
    assert tokenizer.id_of("no such token") is None


def test_half_a_surrogate_pair_is_refused(tokenizer: Tokenizer) -> None:
    for door in (tokenizer.encode, tokenizer.encode_plain):
        with pytest.raises(RequestError, match="well-formed"):
            door("broken \ud83d end")


def test_saved_tokenizer_loads_to_the_same_one(tokenizer: Tokenizer, tmp_path: Path) -> None:
    tokenizer.save(tmp_path / "new" / "folder", context_length=64)
    loaded = Tokenizer.load(tmp_path / "new" / "folder")
    text = "<｜User｜>12 乘 14<think>\n"
    assert loaded.encode(text) == tokenizer.encode(text)
    assert loaded.vocab_size == tokenizer.vocab_size
    assert (loaded.bos_id, loaded.eos_id, loaded.pad_id) == (0, 1, 2)


def test_a_vocabulary_without_our_markers_does_not_get_our_template(tmp_path: Path) -> None:
    foreign = _foreign_tokenizer(tmp_path / "in", merges=[], ignore_merges=False)
    with pytest.raises(ModelError, match="R1 chat template"):
        foreign.save(tmp_path / "out", context_length=64)
    foreign.save(tmp_path / "out", context_length=64, template=Template("{{ messages[0].content }}"))
    assert Template.load(tmp_path / "out").source == "{{ messages[0].content }}"


@pytest.mark.parametrize("ignore_merges", [False, True])
@pytest.mark.parametrize("merges", [[], [["<", "x"], ["<x", ">"]]])
def test_plain_door_is_closed_even_where_merges_or_whole_words_lead_to_an_added_token(
    tmp_path: Path, merges: list[list[str]], ignore_merges: bool
) -> None:
    foreign = _foreign_tokenizer(tmp_path, merges, ignore_merges)
    control = foreign.id_of("<x>")
    assert foreign.encode("<x>") == [control]
    assert control not in foreign.encode_plain("<x> a<x>")
    assert foreign.decode(foreign.encode_plain("<x> a<x>")) == "<x> a<x>"


def test_normalised_text_cannot_smuggle_a_control_token(tmp_path: Path) -> None:
    """A tokenizer that normalises (Qwen's does) turns the Kelvin sign into the letter K."""
    foreign = _foreign_tokenizer(tmp_path, [], ignore_merges=False, normalizer={"type": "NFC"}, token="<K>")
    assert foreign.has_added_token("<\u212a>")
    assert foreign.id_of("<K>") not in foreign.encode_plain("<\u212a>")
    with pytest.raises(RequestError, match="well-formed"):
        foreign.has_added_token("\ud800")


def test_truncation_left_in_a_folder_is_switched_off(tokenizer: Tokenizer, tmp_path: Path) -> None:
    tokenizer.save(tmp_path, context_length=64)
    library = tokenizers.Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    library.enable_truncation(2)
    library.enable_padding(length=9)
    library.save(str(tmp_path / "tokenizer.json"))
    assert Tokenizer.load(tmp_path).encode("1234") == tokenizer.encode("1234")


def _remove(path: Path) -> None:
    path.unlink()


def _garble(path: Path) -> None:
    path.write_text("{", encoding="utf-8")


def _edit(path: Path, change: Callable[[dict[str, object]], object]) -> None:
    fields = json.loads(path.read_text(encoding="utf-8"))
    change(fields)
    path.write_text(json.dumps(fields), encoding="utf-8")


@pytest.mark.parametrize("name", ["tokenizer.json", "tokenizer_config.json"])
@pytest.mark.parametrize("damage", [_remove, _garble])
def test_damaged_folder_is_refused_with_the_name_of_the_file(
    tokenizer: Tokenizer, tmp_path: Path, name: str, damage: Callable[[Path], None]
) -> None:
    tokenizer.save(tmp_path, context_length=64)
    damage(tmp_path / name)
    with pytest.raises(ModelError, match=name) as caught:
        Tokenizer.load(tmp_path)
    assert caught.value.hint


def test_config_naming_an_unknown_or_impossible_token_is_refused(
    tokenizer: Tokenizer, tmp_path: Path
) -> None:
    tokenizer.save(tmp_path, context_length=64)
    for wrong in ("<nowhere>", 7):
        _edit(tmp_path / "tokenizer_config.json", lambda fields, wrong=wrong: fields.update(eos_token=wrong))
        with pytest.raises(ModelError, match=r"nowhere|eos_token"):
            Tokenizer.load(tmp_path)


def test_tokens_written_as_objects_or_left_out_are_understood(tokenizer: Tokenizer, tmp_path: Path) -> None:
    tokenizer.save(tmp_path, context_length=64)
    _edit(
        tmp_path / "tokenizer_config.json",
        lambda fields: fields.update(eos_token={"content": special.EOS, "lstrip": False}, pad_token=None),
    )
    loaded = Tokenizer.load(tmp_path)
    assert (loaded.eos_id, loaded.pad_id) == (1, None)


def test_tokenizer_that_is_not_byte_level_is_refused(tokenizer: Tokenizer, tmp_path: Path) -> None:
    tokenizer.save(tmp_path, context_length=64)
    tokenizers.Tokenizer(tokenizers.models.WordLevel({"a": 0}, "a")).save(str(tmp_path / "tokenizer.json"))
    with pytest.raises(ModelError, match="byte-level"):
        Tokenizer.load(tmp_path)


def _foreign_tokenizer(
    folder: Path,
    merges: list[list[str]],
    ignore_merges: bool,
    normalizer: dict[str, str] | None = None,
    token: str = "<x>",
) -> Tokenizer:
    """Somebody else's byte-level vocabulary in which one added token is a word of the BPE vocabulary too."""
    letters = sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())
    words = [*letters, *("".join(pair) for pair in merges if "".join(pair) != token), token]
    flags = dict.fromkeys(("single_word", "lstrip", "rstrip", "special"), False) | {"normalized": True}
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
    description = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": len(words) - 1, "content": token} | flags],
        "normalizer": normalizer,
        "pre_tokenizer": byte_level,
        "post_processor": None,
        "decoder": byte_level,
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": ignore_merges,
            "vocab": {word: index for index, word in enumerate(words)},
            "merges": merges,
        },
    }
    folder.mkdir(exist_ok=True)
    (folder / "tokenizer.json").write_text(json.dumps(description), encoding="utf-8")
    (folder / "tokenizer_config.json").write_text("{}", encoding="utf-8")
    return Tokenizer.load(folder)
