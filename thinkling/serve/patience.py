"""A connection does not wait for ever: whoever sends a request's head drop by drop (slow loris) is let go.

Bodies have their own limit in `thinkling.serve.guard`, and idle connections uvicorn's.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class PatientProtocol(H11Protocol):
    """uvicorn's protocol, with a limit for the time that a head may take."""

    head_s = 10.0
    _limit: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The first head may come."""
        super().connection_made(transport)
        self._begin()

    def data_received(self, data: bytes) -> None:
        """A part of a head, or of what follows it."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._end()
        elif self._limit is None:
            self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing more comes."""
        self._end()
        super().connection_lost(exc)

    def _begin(self) -> None:
        self._limit = self.loop.call_later(self.head_s, self._let_go)

    def _end(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _let_go(self) -> None:
        self._limit = None
        if not self.transport.is_closing():
            self.transport.write(TOO_SLOW)
            self.transport.close()


def patient_for(head_s: float) -> type[PatientProtocol]:
    """The protocol with this limit."""
    return type("Patient", (PatientProtocol,), {"head_s": head_s})
