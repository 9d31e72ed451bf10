"""The primer corpus: conversations -> template -> ids -> packed rows -> shards. The first stage of a recipe.

The corpus is made in chunks, and a chunk is a function of (seed, number of the chunk): however many processes
share the work, the bytes are the same.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter, deque
from collections.abc import Generator, Iterator
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

__all__ = [
    "PrimerRecipe",
    "TaskShare",
    "conversation_texts",
    "primer_pieces",
    "train_tokenizer",
    "write_primer",
]

CHUNK_DOCUMENTS = 2048
"""Conversations that are drawn, encoded and packed together."""
LARGEST_SHARE_LEFT_OUT = 0.01
"""More conversations than this may not be longer than a row."""
TOKENIZER_DOCUMENTS = 20_000
"""Conversations that a tokenizer is trained on."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Encoded conversations end to end: ids of all, length of each, and which task each is about.

    `num_left_out` more were drawn and are longer than a row.
    """

    ids: NDArray[np.uint16]
    lengths: NDArray[np.int64]
    kinds: NDArray[np.uint8]
    num_left_out: int = 0

    def documents(self) -> list[NDArray[np.uint16]]:
        """The ids of each conversation."""
        return np.split(self.ids, np.cumsum(self.lengths)[:-1])

    def upto(self, num_tokens: int) -> Chunk:
        """The first conversations that together reach `num_tokens`, or all."""
        kept = int(np.searchsorted(np.cumsum(self.lengths), num_tokens)) + 1
        lengths = self.lengths[:kept]
        return Chunk(self.ids[: lengths.sum()], lengths, self.kinds[:kept], self.num_left_out)


class ChunkMaker:
    """Draws, renders and encodes chunks of one recipe."""

    def __init__(self, recipe: PrimerRecipe, tokenizer: Tokenizer) -> None:
        self._mixture = Mixture(recipe)
        self._frames = Frames(Template.default())
        self._seed = recipe.seed
        self._row_length = recipe.row_length
        self._tokenizer = tokenizer

    def chunk(self, number: int) -> Chunk:
        """Chunk `number`, a function of it and the recipe alone."""
        random = Random(f"primer/{self._seed}/{number}")
        drawn = [self._mixture.conversation(random) for _ in range(CHUNK_DOCUMENTS)]
        ids = self._tokenizer.encode_batch([self._frames.render(messages) for _, messages in drawn])
        fitting = [number for number, document in enumerate(ids) if len(document) <= self._row_length]
        return Chunk(
            np.array([index for number in fitting for index in ids[number]], dtype=np.uint16),
            np.array([len(ids[number]) for number in fitting], dtype=np.int64),
            np.array([drawn[number][0] for number in fitting], dtype=np.uint8),
            len(drawn) - len(fitting),
        )


def write_primer(
    recipe: PrimerRecipe, folder: Path, tokenizer: Tokenizer | None = None, num_workers: int = 1
) -> Manifest:
    """`primer_pieces` to its end: the whole corpus at once."""
    pieces = primer_pieces(recipe, folder, tokenizer, num_workers)
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            manifest: Manifest = end.value
            return manifest


def primer_pieces(
    recipe: PrimerRecipe, folder: Path, tokenizer: Tokenizer | None = None, num_workers: int = 1
) -> Generator[int, None, Manifest]:
    """Write shards, manifest and tokenizer into `folder`; an older corpus there is replaced.

    Yields the number of tokens so far, piece by piece. Without a `tokenizer` one is trained on the recipe's
    conversations. `num_workers` above 1 shares the work among processes and changes no byte. Raises TaskError
    for a task that there is not, a vocabulary above 65,536 tokens or without padding. Conversations longer
    than a row are left out and counted; more than one in a hundred of them is a TaskError too.
    """
    tokenizer = tokenizer or train_tokenizer(recipe)
    if tokenizer.vocab_size > MAX_VOCABULARY or tokenizer.pad_id is None:
        raise TaskError(
            f"a vocabulary of {tokenizer.vocab_size} tokens, padding {tokenizer.pad_id}, cannot be stored.",
            f"use a tokenizer with a padding token and at most {MAX_VOCABULARY} tokens",
        )
    writer = ShardWriter(folder, recipe.row_length, recipe.rows_per_shard)
    tokenizer.save(folder, recipe.row_length)
    num_tokens = num_documents = num_left_out = 0
    kinds: Counter[int] = Counter()
    with closing(_chunks(recipe, tokenizer, folder, num_workers)) as chunks:
        while num_tokens < recipe.num_tokens:
            chunk = next(chunks).upto(recipe.num_tokens - num_tokens)
            _refuse_short_rows(chunk, recipe.row_length)
            writer.add(pack_rows(chunk.documents(), recipe.row_length, tokenizer.pad_id))
            num_tokens += len(chunk.ids)
            num_documents += len(chunk.lengths)
            num_left_out += chunk.num_left_out
            kinds.update(chunk.kinds.tolist())
            yield num_tokens
    return writer.finish(
        Corpus(
            vocab_size=tokenizer.vocab_size,
            pad_id=tokenizer.pad_id,
            num_documents=num_documents,
            num_tokens=num_tokens,
            num_left_out=num_left_out,
            documents_of={name: kinds[index] for index, name in enumerate(recipe.tasks)},
            recipe=recipe.model_dump(),
        )
    )


def _refuse_short_rows(chunk: Chunk, row_length: int) -> None:
    if chunk.num_left_out > CHUNK_DOCUMENTS * LARGEST_SHARE_LEFT_OUT:
        raise TaskError(
            f"{chunk.num_left_out} of {CHUNK_DOCUMENTS} conversations do not fit in {row_length} tokens.",
            "raise row_length",
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
    given = (recipe.model_dump_json(), str(folder), os.getpid())
    pool = ProcessPoolExecutor(num_workers, get_context("spawn"), _start_worker, given)
    waiting: deque[Future[Chunk]] = deque()
    try:
        for number in count():
            waiting.append(pool.submit(_worker_chunk, number))
            if len(waiting) > 2 * num_workers:
                yield waiting.popleft().result()
    except BrokenProcessPool as error:
        raise TaskError(
            "a process that writes the primer died.",
            "look for a lack of memory; a script that writes a primer needs its `if __name__` guard",
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


_worker_maker: list[ChunkMaker] = []
"""The chunk maker of a worker process; empty in every other process."""


def _start_worker(recipe: str, folder: str, parent: int) -> None:
    # Signals are the parent's to answer; a parent that was killed takes its workers with it. It may be gone
    # already: whose child this is now says nothing.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, args=(parent,), daemon=True).start()
    maker = ChunkMaker(PrimerRecipe.model_validate_json(recipe), Tokenizer.load(Path(folder)))
    _worker_maker.append(maker)


def _leave_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)


def _worker_chunk(number: int) -> Chunk:
    return _worker_maker[0].chunk(number)
