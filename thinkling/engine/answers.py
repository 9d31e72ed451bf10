"""What becomes of sampled tokens: they are written down, readers are told, and complete answers end."""

from __future__ import annotations

from collections.abc import Sequence as Tokens

import numpy as np

from thinkling.engine.request import Finished, Request, Sequence, StepResult, Token
from thinkling.engine.runner import Sampled
from thinkling.engine.scheduler import Scheduler
from thinkling.engine.thinking import FREE
from thinkling.models.tape import NO_ROW
from thinkling.records import FinishReason


class Answers:
    """The open requests by number, and their completions as they grow."""

    def __init__(self, scheduler: Scheduler, end_ids: tuple[int, ...]) -> None:
        self.requests: dict[int, Request] = {}
        self._scheduler = scheduler
        self._end_ids = np.array(sorted(end_ids), np.int64)

    def append_with_drafts(
        self, sampled: Sampled, ahead: np.ndarray, drafts: dict[int, Tokens[int]], result: StepResult
    ) -> np.ndarray:
        """Give every sequence its token, and one more for every draft that turned out right.

        Returns the places in `sampled` that were said.
        """
        if not drafts:
            self.append(sampled, result)
            return np.arange(len(sampled.rows))
        said: list[int] = []
        running = self._scheduler.running
        place = {key: i for i, key in enumerate(zip(sampled.rows.tolist(), ahead.tolist(), strict=True))}
        rows, step = [row for row, number in place if number == 0], 0
        while rows:
            now = [place[row, step] for row in rows]
            self.append(sampled.at(np.array(now)), result)
            said += now
            still = []
            for row in rows:
                sequence, guess = running.sequence[row], drafts.get(row, ())
                is_right = step < len(guess) and guess[step] == sampled.ids[place[row, step]]
                # An ended one says no more, and one that is forced now was not drawn freely.
                if sequence is not None and is_right and running.forced[row] == FREE:
                    assert sequence.drafting is not None
                    sequence.drafting.right += 1
                    still.append(row)
            rows, step = still, step + 1
        return np.array(said)

    def append(self, sampled: Sampled, result: StepResult) -> None:
        """Give every sequence its token, and end those that are complete."""
        running = self._scheduler.running
        is_new = running.move(sampled.rows, sampled.position, sampled.ids)
        places = np.flatnonzero(is_new)
        rows, ids, logprobs = sampled.rows[places], sampled.ids[places], sampled.logprobs[places]
        running.note(rows, ids, logprobs)
        is_full = sampled.position[places] + 1 >= running.max_length[rows]
        is_end = np.isin(ids, self._end_ids) & ~running.ignores_eos[rows]
        ended: list[Sequence] = []
        reasons: list[FinishReason] = []
        # Only where somebody looks, or something ends, are tokens looked at one by one.
        seen = np.flatnonzero(is_full | is_end | running.is_watched[rows])
        for row, token, logprob, place, is_last, is_over in zip(
            *(one[seen].tolist() for one in (rows, ids, logprobs, places, is_end, is_full)), strict=True
        ):
            sequence = running.sequence_at(row)
            request = sequence.request
            if sequence.watch is not None and sequence.watch.note(token):
                running.forced[row] = sequence.watch.forced
                running.is_barred[row] = bool(sequence.watch.barred)
            is_stop = is_last or token in request.params.stop_ids
            reason: FinishReason | None = "stop" if is_stop else "length" if is_over else None
            if reason:
                ended.append(sequence)
                reasons.append(reason)
            top = sampled.tops.get(place, ())
            if top:
                sequence.tops.append(top)
            if request.is_streamed:
                number, num_cached = request.number, request.num_cached or 0
                result.tokens.append(Token(number, sequence.index, token, logprob, reason, num_cached, top))
        if ended:
            self.end(ended, reasons, result)

    def end(self, sequences: list[Sequence], reasons: list[FinishReason], result: StepResult) -> None:
        """These completions are over, for these reasons."""
        for sequence, reason in zip(sequences, reasons, strict=False):
            request = sequence.request
            sequence.finish_reason = reason
            ids, logprobs = self._scheduler.running.said(sequence)
            result.finished.append(
                Finished(
                    request.number,
                    sequence.index,
                    request.prompt_ids,
                    tuple(ids.tolist()),
                    tuple(logprobs.tolist()),
                    reason,
                    request.num_cached or 0,
                    tuple(sequence.tops),
                    sequence.num_drafted,
                    sequence.num_accepted,
                    None if sequence.tape_row == NO_ROW else sequence.tape_row,
                )
            )
            request.num_open -= 1
            if not request.num_open:
                del self.requests[request.number]
                if request in self._scheduler.waiting:
                    self._scheduler.waiting.remove(request)
        self._scheduler.finish(sequences)
