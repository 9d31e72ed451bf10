"""Models of the Hugging Face hub: found in the local cache, or downloaded into it. No torch.

`huggingface_hub` moves the bytes: it fetches only the files that are missing, takes the token from its usual
place, and needs no network for what is there. What it leaves out is done here: only what belongs to a model
is fetched, and every large file is compared with the SHA-256 that the hub names.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from importlib import import_module
from pathlib import Path

from thinkling.errors import ModelError
from thinkling.weights.shards import shard_paths

NEEDED = (
    *("config.json", "generation_config.json", "chat_template.jinja"),
    *("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"),
    *("*.safetensors", "model.safetensors.index.json"),
)
FILES = (*NEEDED, "README.md", "LICENSE*")
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class HubName:
    """`owner/name`, and the revision (branch, tag or commit) if one is pinned: `owner/name@revision`."""

    repository: str
    revision: str | None = None

    def __str__(self) -> str:
        return self.repository if self.revision is None else f"{self.repository}@{self.revision}"


@dataclass(frozen=True, slots=True)
class Pulled:
    """A model that is on the disk now."""

    folder: Path
    commit: str
    num_files: int
    num_bytes: int
    num_checked: int
    """Files whose SHA-256 was compared."""


def hub_name(text: str) -> HubName | None:
    """The name of a model on the hub; None for anything else."""
    name, at, revision = text.partition("@")
    if not _NAME.fullmatch(name) or (at and not re.fullmatch(r"[\w./-]+", revision)):
        return None
    # What the hub itself refuses.
    if len(name) > 96 or "--" in name or ".." in name or name.endswith((".git", ".", "-")):
        return None
    return HubName(name, revision or None)


def cached_folder(name: HubName) -> Path | None:
    """The folder of a model that was pulled whole before. Never asks the network."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        found = snapshot_download(
            name.repository, revision=name.revision, allow_patterns=[*NEEDED], local_files_only=True
        )
    except LocalEntryNotFoundError:
        return None
    folder = Path(found)
    # Another program may have fetched a part of it, and only a whole download leaves a list of its files.
    if not all(
        (folder / file).is_file() for file in ("config.json", "tokenizer.json", "tokenizer_config.json")
    ):
        return None
    try:
        shard_paths(folder)
    except ModelError:
        return None
    return folder


def pull(name: HubName) -> Pulled:
    """Download a model, or what is missing of it, and check it. Raises ModelError.

    Progress is shown on standard error.
    """
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.hf_api import RepoFile

    api = HfApi()
    with _clear_errors(name):
        commit = api.model_info(name.repository, revision=name.revision).sha
        assert commit is not None
        listed = api.list_repo_tree(name.repository, recursive=True, revision=commit)
        files = {one.path: one for one in listed if isinstance(one, RepoFile)}
    wanted = [one for path, one in files.items() if any(fnmatch(path, pattern) for pattern in FILES)]
    _refuse_without_weights(name, [one.path for one in wanted])
    num_bytes = sum(one.size for one in wanted)
    missing = [one for one in wanted if not isinstance(_cached(name, one.path, commit), str)]
    _refuse_without_room(name, sum(one.size for one in missing))
    with _clear_errors(name):
        folder = Path(
            snapshot_download(name.repository, revision=name.revision or "main", allow_patterns=[*FILES])
        )
    if folder.name != commit:
        raise ModelError(f"{name} has changed while it was pulled.", "pull again")
    checked = {one.path: one.lfs.sha256 for one in wanted if one.lfs is not None}
    for path, expected in checked.items():
        _check(folder / path, expected)
    return Pulled(folder, commit, len(wanted), num_bytes, len(checked))


def _cached(name: HubName, path: str, commit: str) -> object:
    from huggingface_hub import try_to_load_from_cache

    return try_to_load_from_cache(name.repository, path, revision=commit)


def _refuse_without_weights(name: HubName, paths: list[str]) -> None:
    if "config.json" not in paths or not any(path.endswith(".safetensors") for path in paths):
        raise ModelError(
            f"{name} holds no model in safetensors.",
            "choose a repository with config.json and *.safetensors (GGUF files are read by llama.cpp)",
        )


def _refuse_without_room(name: HubName, num_bytes: int) -> None:
    from huggingface_hub.constants import HF_HUB_CACHE

    place = Path(HF_HUB_CACHE)
    while not place.exists():
        place = place.parent
    num_free = shutil.disk_usage(place).free
    if num_bytes > num_free:
        raise ModelError(
            f"{name} needs {num_bytes / 1e9:.1f} GB more, and {num_free / 1e9:.1f} GB are free at {place}.",
            "free some space, or set HF_HOME to a folder on another disk",
        )


def _check(path: Path, expected: str) -> None:
    """Raises ModelError, and removes the file, where its SHA-256 is another."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(2**22):
            found.update(chunk)
    if found.hexdigest() != expected:
        path.resolve().unlink()
        path.unlink(missing_ok=True)
        raise ModelError(f"{path.name} does not match its checksum.", "pull again: it was removed")


@contextmanager
def _clear_errors(name: HubName) -> Iterator[None]:
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        LocalEntryNotFoundError,
        OfflineModeIsEnabled,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    # The transport that huggingface_hub is built on; its errors are no OSErrors.
    transport = import_module(HfHubHTTPError.__mro__[1].__module__.partition(".")[0])
    try:
        yield
    except GatedRepoError:
        raise ModelError(
            f"{name} is given only to those who accepted its conditions.",
            "accept them on the model's page, and log in: hf auth login",
        ) from None
    except RepositoryNotFoundError:
        raise ModelError(
            f"the hub has no model {name.repository}, or it is private.",
            "check the name, or log in: hf auth login",
        ) from None
    except RevisionNotFoundError:
        raise ModelError(
            f"{name.repository} has no revision {name.revision}.", "name a branch, a tag or a commit"
        ) from None
    except (OfflineModeIsEnabled, LocalEntryNotFoundError, transport.ConnectError, transport.ConnectTimeout):
        raise ModelError(
            f"{name} is not whole on this machine, and the hub cannot be reached.",
            "connect to the network (HF_HUB_OFFLINE must not be set), or name a folder",
        ) from None
    # hf_xet, which fetches large files, raises errors of its own and bare RuntimeErrors.
    except (HfHubHTTPError, transport.TransportError, OSError, RuntimeError) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise ModelError(
            f"the download of {name} broke off ({reason}).", "pull again: what has arrived stays"
        ) from None
