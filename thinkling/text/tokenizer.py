"""Text to ids and back: byte-level BPE, trained here or loaded from a model folder.

Two doors lead in. `encode` reads text that we wrote (templates, training conversations) and recognises
control tokens; `encode_plain` reads what a stranger wrote and never yields one. Neither adds a
beginning-of-sentence token: that is the template's to write, or the caller's where there is none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tokenizers

from thinkling.errors import ModelError, RequestError
from thinkling.text import special
from thinkling.text.byte_level import token_bytes
from thinkling.text.folder import (
    CONFIG_FILE,
    SPECIAL_TOKENS_FILE,
    TOKENIZER_FILE,
    TokenizerConfig,
    read_text,
    read_tokenizer_config,
    write_json,
)
from thinkling.text.vocabulary import learn_vocabulary

if TYPE_CHECKING:
    from thinkling.text.template import Template

OUR_CONFIG = TokenizerConfig(special.BOS, special.EOS, special.PAD, adds_bos=False, chat_template=None)


class Tokenizer:
    """A byte-level BPE vocabulary with its control tokens. Immutable; safe to share between threads."""

    def __init__(self, backend: tokenizers.Tokenizer, config: TokenizerConfig) -> None:
        """Raises ModelError where a token named by `config` is not in the vocabulary."""
        backend.no_truncation()  # some folders carry the settings of the run that wrote them
        backend.no_padding()
        self._backend = backend
        self._config = config
        added = backend.get_added_tokens_decoder()
        self._added = {index: token.content for index, token in added.items()}
        self._silent = {index for index, token in added.items() if token.special}
        self.bos_id = self._required_id(config.bos_token)
        self.eos_id = self._required_id(config.eos_token)
        self.pad_id = self._required_id(config.pad_token)
        self.think_open_id = self.id_of(special.THINK_OPEN)
        self.think_close_id = self.id_of(special.THINK_CLOSE)
        self.adds_bos = config.adds_bos
        """Whether the model expects BOS before raw text that no template rendered."""
        self.vocab_size = max(backend.get_vocab(with_added_tokens=True).values(), default=-1) + 1
        """Rows that an embedding needs: the largest id plus one."""

    @classmethod
    def train(cls, texts: Iterable[str], vocab_size: int) -> Tokenizer:
        """Learn at most `vocab_size` tokens from `texts`; fewer where the texts have no more pairs.

        Each digit is a token, every byte is in the alphabet, and the control tokens come first. The
        result depends on the texts alone. Raises ConfigError where `vocab_size` has no room for these.
        """
        return cls(learn_vocabulary(texts, vocab_size), OUR_CONFIG)

    @classmethod
    def load(cls, folder: Path) -> Tokenizer:
        """Read `tokenizer.json` and `tokenizer_config.json`. Raises ModelError where they cannot be used."""
        path = Path(folder) / TOKENIZER_FILE
        text = read_text(path)
        try:
            backend = tokenizers.Tokenizer.from_str(text)
        except Exception as error:  # the Rust side raises bare Exception for every kind of malformed file
            raise ModelError(
                f"{path} is not a usable tokenizer: {error}.", "download the file again"
            ) from error
        decoder = json.loads(backend.to_str())["decoder"]
        if "ByteLevel" not in json.dumps(decoder):
            raise ModelError(
                f"{path} is no byte-level BPE tokenizer.",
                "use a model of the DeepSeek-V3, Qwen or Llama 3 families",
            )
        return cls(backend, read_tokenizer_config(Path(folder)))

    def save(self, folder: Path, context_length: int, template: Template | None = None) -> None:
        """Write what transformers reads: tokenizer, its config, special tokens, and the chat template.

        `context_length` is in tokens. Without a `template` the R1 layout is written; raises ModelError
        where this vocabulary does not hold its markers.
        """
        from thinkling.text.template import Template  # here, because a template's methods take a tokenizer

        if template is None and self.id_of(special.USER) is None:
            raise ModelError(
                f"This vocabulary has no {special.USER} token for the R1 chat template.",
                "pass the template that belongs to the model",
            )
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        names = {
            "bos_token": self._config.bos_token,
            "eos_token": self._config.eos_token,
            "pad_token": self._config.pad_token,
        }
        names = {key: name for key, name in names.items() if name is not None}
        config = {
            "tokenizer_class": "PreTrainedTokenizerFast",
            **names,
            "add_bos_token": self.adds_bos,
            "add_eos_token": False,
            "clean_up_tokenization_spaces": False,
            "model_max_length": context_length,
        }
        (folder / TOKENIZER_FILE).write_text(self._backend.to_str(pretty=True), encoding="utf-8")
        write_json(folder / CONFIG_FILE, config)
        write_json(folder / SPECIAL_TOKENS_FILE, names)
        (template or Template.default()).save(folder)

    def is_same_as(self, other: Tokenizer) -> bool:
        """Whether both give every text the same ids."""
        return self._backend.to_str() == other._backend.to_str()

    def encode(self, text: str) -> list[int]:
        """Ids of text that we wrote: control tokens are recognised, BOS is not added."""
        return self.encode_batch([text])[0]

    def encode_batch(self, texts: Sequence[str]) -> list[list[int]]:
        """`encode` for many texts at once, on all cores. Raises RequestError on half a surrogate pair."""
        try:
            encodings = self._backend.encode_batch_fast(texts, add_special_tokens=False)
        except (UnicodeEncodeError, TypeError) as error:
            raise _unencodable() from error
        return [encoding.ids for encoding in encodings]

    def encode_plain(self, text: str) -> list[int]:
        """Ids of a stranger's text: a control token's string in it stays plain bytes."""
        try:
            return self._plain_backend.encode(text, add_special_tokens=False).ids
        except (UnicodeEncodeError, TypeError) as error:
            raise _unencodable() from error

    def has_added_token(self, text: str) -> bool:
        """Whether `encode` would find a control token in `text`."""
        if self._added_pattern.search(text):
            return True
        if self._backend.normalizer is None:
            return False
        try:
            return bool(self._added_pattern.search(self._backend.normalizer.normalize_str(text)))
        except (UnicodeEncodeError, TypeError) as error:
            raise _unencodable() from error

    def decode(self, ids: Sequence[int], skip_special: bool = False) -> str:
        """The text of `ids`; bytes that are no UTF-8 become U+FFFD. `skip_special`: no BOS, EOS, pad."""
        kept = (index for index in ids if not (skip_special and index in self.silent_ids))
        return b"".join(map(self.bytes_of, kept)).decode("utf-8", errors="replace")

    def bytes_of(self, index: int) -> bytes:
        """The bytes a token stands for: maybe part of a character, and none for a padding row."""
        return self._bytes_by_id.get(index, b"")

    @cached_property
    def angle_ids(self) -> frozenset[int]:
        """Tokens with a "<" in them: only these can begin a tag."""
        return frozenset(index for index, data in self._bytes_by_id.items() if b"<" in data)

    @cached_property
    def longest(self) -> int:
        """Bytes of the longest token."""
        return max(map(len, self._bytes_by_id.values()), default=1)

    def id_of(self, token: str) -> int | None:
        """The id of a token by its name in the vocabulary, or None."""
        return self._backend.token_to_id(token)

    def token_of(self, index: int) -> str:
        """The name of a token in the vocabulary (a space is written as `Ġ`). Raises RequestError."""
        name = self._backend.id_to_token(index) if index >= 0 else None
        if name is None:
            raise RequestError(f"There is no token {index}.", f"use an id from 0 to {self.vocab_size - 1}")
        return name

    @cached_property
    def silent_ids(self) -> frozenset[int]:
        """Tokens that carry no text for a reader: BOS, EOS, pad and what else the vocabulary marks so."""
        silent = self._silent | {
            index for index in (self.bos_id, self.eos_id, self.pad_id) if index is not None
        }
        return frozenset(silent - {self.think_open_id, self.think_close_id})

    @cached_property
    def _bytes_by_id(self) -> dict[int, bytes]:
        vocabulary = self._backend.get_vocab(with_added_tokens=False)
        table = {index: token_bytes(token) for token, index in vocabulary.items()}
        return table | {index: content.encode() for index, content in self._added.items()}

    @cached_property
    def _added_pattern(self) -> re.Pattern[str]:
        if not self._added:
            return re.compile(r"(?!)")
        return re.compile("|".join(map(re.escape, self._added.values())))

    @cached_property
    def _plain_backend(self) -> tokenizers.Tokenizer:
        """The same merges without a way to any added token."""
        description = json.loads(self._backend.to_str())
        description["added_tokens"] = []
        description["post_processor"] = None
        added = set(self._added.values())
        model = description["model"]
        model["vocab"] = {token: index for token, index in model["vocab"].items() if token not in added}
        model["merges"] = [pair for pair in model["merges"] if added.isdisjoint(_merge_tokens(pair))]
        return tokenizers.Tokenizer.from_str(json.dumps(description))

    def _required_id(self, token: str | None) -> int | None:
        if token is None:
            return None
        index = self.id_of(token)
        if index is None:
            raise ModelError(
                f"{CONFIG_FILE} names the token {token}, but the vocabulary does not hold it.",
                f"check that {TOKENIZER_FILE} and {CONFIG_FILE} come from the same model",
            )
        return index


def _merge_tokens(pair: Any) -> tuple[str, str, str]:
    """Both parts and the result of a merge, which is written as a pair or as one text with a space."""
    left, right = pair.split(" ") if isinstance(pair, str) else pair
    return left, right, left + right


def _unencodable() -> RequestError:
    return RequestError("The text is not well-formed Unicode.", "do not send half a surrogate pair")
