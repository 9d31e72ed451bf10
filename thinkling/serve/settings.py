"""What a person decides about the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from thinkling.errors import ConfigError

if TYPE_CHECKING:
    from thinkling.serve.far import FarModel

USUAL_PORT = 8000


@dataclass(frozen=True, slots=True)
class ServeSettings:
    """Raises ConfigError where the service would be open to a network without keys."""

    host: str = "127.0.0.1"
    port: int | None = None
    """0 is any free one; None is the usual one, or any where that is taken."""
    reasoning_field: str = "both"
    """Under which names the reasoning goes out; none: in the content, with its tags; hidden: nowhere."""
    most_open: int = 256
    """Questions of one model that may wait or be answered at once; more are refused with 429."""
    keep_alive_s: float = 5.0
    """Silence after which a stream says that it lives."""
    head_s: float = 10.0
    """How long the head of a request may take to come."""
    body_s: float = 30.0
    """How long a part of a body may take to come."""
    most_body_bytes: int = 16 * 2**20
    """Largest request, but for uploaded files."""
    key_hashes: frozenset[str] = frozenset()
    """SHA-256 of the keys that are let in, in hexadecimal; none: everybody on this machine."""
    allowed_hosts: tuple[str, ...] = ()
    """Names beside this machine's own under which the service may be asked for."""
    allowed_origins: tuple[str, ...] = ()
    """Web pages of other origins that may use it."""
    drain_s: float = 30.0
    """How long answers may go on after SIGTERM."""
    data: Path = Path("~/.local/share/thinkling")
    """Where files, batches and stored responses are kept."""
    batch_width: int = 16
    """Lines of batches that are answered at once while nobody else asks."""
    batch_hours: tuple[int, int] | None = None
    """Hours of the day, first and last (not included), in which batches are worked off; None: always."""

    far_models: Mapping[str, FarModel] = field(default_factory=dict, hash=False)
    """Models behind other services' URLs, by the names that they have here."""

    def __post_init__(self) -> None:
        if not is_loopback(self.host) and not self.key_hashes:
            raise ConfigError(
                f"{self.host} can be reached from other machines, and no key is asked for.",
                "name a file with keys (--keys FILE, or THINKLING_API_KEYS), or listen on 127.0.0.1",
            )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches it."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
