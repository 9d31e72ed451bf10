"""The primer corpus: conversations -> template -> ids -> packed rows -> shards. The first stage of a recipe.

The corpus is made in chunks, and a chunk is a function of (seed, number of the chunk): however many processes
share the work, the bytes are the same.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass
from itertools import count, islice
from multiprocessing import get_context
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from thinkling.data.frame import Frames
from thinkling.data.mixture import Mixture, PrimerRecipe, TaskShare
from thinkling.data.packing import pack_rows
from thinkling.data.shards import MAX_VOCABULARY, Corpus, Manifest, ShardWriter
from thinkling.errors import TaskError
from thinkling.text.template import Template
from thinkling.text.tokenizer import Tokenizer

__all__ = ["PrimerRecipe", "TaskShare", "conversation_texts", "train_tokenizer", "write_primer"]

CHUNK_DOCUMENTS = 2048
"""Conversations that are drawn, encoded and packed together."""
TOKENIZER_DOCUMENTS = 20_000
"""Conversations that a tokenizer is trained on."""

Progress = Callable[[int], None]
"""Told the number of tokens written so far."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Encoded conversations end to end: ids of all, length of each, and which task each is about."""

    ids: NDArray[np.uint16]
    lengths: NDArray[np.int64]
    kinds: NDArray[np.uint8]

    def documents(self) -> list[NDArray[np.uint16]]:
        """The ids of each conversation."""
        return np.split(self.ids, np.cumsum(self.lengths)[:-1])

    def upto(self, num_tokens: int) -> Chunk:
        """The first conversations that together reach `num_tokens`, or all."""
        kept = int(np.searchsorted(np.cumsum(self.lengths), num_tokens)) + 1
        lengths = self.lengths[:kept]
        return Chunk(self.ids[: lengths.sum()], lengths, self.kinds[:kept])


class ChunkMaker:
    """Draws, renders and encodes chunks of one recipe."""

    def __init__(self, recipe: PrimerRecipe, tokenizer: Tokenizer) -> None:
        self._mixture = Mixture(recipe)
        self._frames = Frames(Template.default())
        self._seed = recipe.seed
        self._tokenizer = tokenizer

    def chunk(self, number: int) -> Chunk:
        """Chunk `number`, a function of it and the recipe alone."""
        random = Random(f"primer/{self._seed}/{number}")
        drawn = [self._mixture.conversation(random) for _ in range(CHUNK_DOCUMENTS)]
        ids = self._tokenizer.encode_batch([self._frames.render(messages) for _, messages in drawn])
        return Chunk(
            np.array([index for document in ids for index in document], dtype=np.uint16),
            np.array([len(document) for document in ids], dtype=np.int64),
            np.array([kind for kind, _ in drawn], dtype=np.uint8),
        )


def write_primer(
    recipe: PrimerRecipe,
    folder: Path,
    tokenizer: Tokenizer | None = None,
    num_workers: int = 1,
    on_progress: Progress | None = None,
) -> Manifest:
    """Write shards, manifest and tokenizer into `folder`; an older corpus there is replaced.

    Without a `tokenizer` one is trained on the recipe's conversations. `num_workers` above 1 shares the work
    among processes and changes no byte. Raises TaskError for a task that there is not, a vocabulary above
    65,536 tokens or without padding, and a conversation longer than a row.
    """
    tokenizer = tokenizer or train_tokenizer(recipe)
    if tokenizer.vocab_size > MAX_VOCABULARY or tokenizer.pad_id is None:
        raise TaskError(
            f"a vocabulary of {tokenizer.vocab_size} tokens, padding {tokenizer.pad_id}, cannot be stored.",
            f"use a tokenizer with a padding token and at most {MAX_VOCABULARY} tokens",
        )
    writer = ShardWriter(folder, recipe.row_length, recipe.rows_per_shard)
    tokenizer.save(folder, recipe.row_length)
    num_tokens = num_documents = 0
    kinds: Counter[int] = Counter()
    with closing(_chunks(recipe, tokenizer, folder, num_workers)) as chunks:
        while num_tokens < recipe.num_tokens:
            chunk = next(chunks).upto(recipe.num_tokens - num_tokens)
            writer.add(pack_rows(chunk.documents(), recipe.row_length, tokenizer.pad_id))
            num_tokens += len(chunk.ids)
            num_documents += len(chunk.lengths)
            kinds.update(chunk.kinds.tolist())
            if on_progress:
                on_progress(num_tokens)
    return writer.finish(
        Corpus(
            vocab_size=tokenizer.vocab_size,
            pad_id=tokenizer.pad_id,
            num_documents=num_documents,
            num_tokens=num_tokens,
            documents_of={name: kinds[index] for index, name in enumerate(recipe.tasks)},
            recipe=recipe.model_dump(),
        )
    )


def train_tokenizer(recipe: PrimerRecipe) -> Tokenizer:
    """A tokenizer for the recipe's conversations. Raises ConfigError where its vocabulary is too small."""
    texts = islice(conversation_texts(recipe), TOKENIZER_DOCUMENTS)
    return Tokenizer.train(texts, recipe.vocab_size)


def conversation_texts(recipe: PrimerRecipe) -> Iterator[str]:
    """Rendered conversations without end, for a tokenizer or a curious eye (not those of the chunks)."""
    mixture, frames = Mixture(recipe), Frames(Template.default())
    random = Random(f"primer/{recipe.seed}/texts")
    while True:
        yield frames.render(mixture.conversation(random)[1])


Chunks = Generator[Chunk, None, None]


def _chunks(recipe: PrimerRecipe, tokenizer: Tokenizer, folder: Path, num_workers: int) -> Chunks:
    """Chunks 0, 1, 2, ... without end."""
    if num_workers <= 1:
        yield from map(ChunkMaker(recipe, tokenizer).chunk, count())
    else:
        yield from _shared_chunks(recipe, folder, num_workers)


def _shared_chunks(recipe: PrimerRecipe, folder: Path, num_workers: int) -> Chunks:
    """The same chunks from processes that stay a little ahead. A worker reads the tokenizer from `folder`."""
    pool = ProcessPoolExecutor(
        num_workers, get_context("spawn"), _start_worker, (recipe.model_dump_json(), str(folder))
    )
    waiting: deque[Future[Chunk]] = deque()
    try:
        for number in count():
            waiting.append(pool.submit(_worker_chunk, number))
            if len(waiting) > 2 * num_workers:
                yield waiting.popleft().result()
    except BrokenProcessPool as error:
        raise TaskError("a process that writes the primer died.", "set num_workers to 1") from error
    finally:
        pool.shutdown(cancel_futures=True)


_worker_maker: list[ChunkMaker] = []
"""The chunk maker of a worker process; empty in every other process."""


def _start_worker(recipe: str, folder: str) -> None:
    maker = ChunkMaker(PrimerRecipe.model_validate_json(recipe), Tokenizer.load(Path(folder)))
    _worker_maker.append(maker)


def _worker_chunk(number: int) -> Chunk:
    return _worker_maker[0].chunk(number)
