"""TOML -> frozen, typed records: the way every recipe enters the house. Floor: imports nothing but errors.

A mistake is answered with one sentence that names the file and the dotted key, says what was expected and,
for an unknown key, the nearest known one. `--set a.b=c` goes through the same door:

    read_toml(path) -> table;  apply_overrides(table, ["a.b=c"]);  check(table, Settings, source) -> record
"""

from __future__ import annotations

import difflib
import json
import re
import tomllib
import typing
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from thinkling.errors import ConfigError

MAX_TOML_BYTES = 1_000_000

Table = dict[str, Any]
Key = tuple[str, ...]
RecordType = TypeVar("RecordType", bound="Record")


class Record(BaseModel):
    """A frozen record that refuses unknown keys; the text under a field is its documentation."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, allow_inf_nan=False)


def load_toml(path: Path | str, record: type[RecordType], overrides: Sequence[str] = ()) -> RecordType:
    """Reads the file into a record, after applying `overrides` ("a.b=value"). Raises ConfigError."""
    table = read_toml(path)
    changed = apply_overrides(table, overrides)
    return check(table, record, source=str(path), changed=changed)


def read_toml(path: Path | str) -> Table:
    """The tables of a TOML file, unchecked. Raises ConfigError where it cannot be read or is not TOML."""
    path = Path(path)
    try:
        with path.open("rb") as file:
            content = file.read(MAX_TOML_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigError(f"{path} cannot be read: {reason}.", "check the path and its permissions") from None
    if len(content) > MAX_TOML_BYTES:
        raise ConfigError(f"{path} is larger than {MAX_TOML_BYTES} bytes.", "is it a recipe at all?")
    return parse_toml(content, str(path))


def parse_toml(content: bytes, source: str) -> Table:
    """The tables of TOML text; `source` names it in errors."""
    try:
        return tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        message = f"{source} is not UTF-8 text (byte {error.start})."
        raise ConfigError(message, "save it as plain UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source} is not valid TOML: {error}.", "see https://toml.io") from None
    except RecursionError:
        raise ConfigError(f"{source} is nested too deeply to read.", "is it a recipe at all?") from None


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The known name that a person most likely meant, if any is close."""
    found = difflib.get_close_matches(name, list(names), n=1, cutoff=0.6)
    return found[0] if found else None


def suggestion(name: str, names: Iterable[str]) -> str:
    """A hint for an unknown name: the nearest known one, or else all of them."""
    known = sorted(names)
    close = nearest(name, known)
    if close is not None:
        return f"did you mean {close!r}?"
    return f"known here: {', '.join(known)}" if known else "nothing can be set here"


# ---------------------------------------------------------------- overrides


def split_override(override: str) -> tuple[Key, Any]:
    """ "a.b=3" -> (("a", "b"), 3); a value that is not TOML is taken as text. Raises ConfigError."""
    name, equals, text = override.partition("=")
    key = tuple(part.strip() for part in name.split("."))
    if not equals or not all(key):
        raise ConfigError(
            f"--set {override!r} is not of the form key=value.", "write --set optimizer.lr=0.01"
        )
    try:
        parsed = tomllib.loads(f"value = {text}")
    except (tomllib.TOMLDecodeError, RecursionError):
        return key, text.strip()
    return key, parsed["value"] if len(parsed) == 1 else text.strip()


def apply_overrides(table: Table, overrides: Sequence[str]) -> dict[Key, str]:
    """Writes each override into `table` (mutated). Returns key -> the override that set it, for errors."""
    changed: dict[Key, str] = {}
    for override in overrides:
        key, value = split_override(override)
        inner = table
        for part in key[:-1]:
            inner = inner.setdefault(part, {})
            if not isinstance(inner, dict):
                message = f"--set {override!r} goes below {part!r}, which holds a value and not a table."
                raise ConfigError(message, "check the key against the recipe")
        inner[key[-1]] = value
        changed[key] = override
    return changed


# ---------------------------------------------------------------- checking


def check(
    table: Mapping[str, Any],
    record: type[RecordType],
    source: str,
    changed: Mapping[Key, str] | None = None,
) -> RecordType:
    """The record that `table` describes. Raises ConfigError with the first mistake, naming `source`.

    Types are strict: text is not taken for a number, nor a number for text.
    """
    try:
        return record.model_validate_json(json.dumps(table, default=str), strict=True)
    except ValidationError as error:
        details = min(error.errors(include_url=False), key=_unknown_keys_first)
        raise _explain(details, table, record, source, changed or {}) from None


def _unknown_keys_first(details: ErrorDetails) -> int:
    """A misspelt key often also leaves a required one missing; the misspelling is the better answer."""
    return 0 if details["type"] == "extra_forbidden" else 1


def _explain(
    details: ErrorDetails,
    table: Mapping[str, Any],
    record: type[Record],
    source: str,
    changed: Mapping[Key, str],
) -> ConfigError:
    key, records = _locate(details["loc"], table, record)
    dotted, name = ".".join(key), key[-1] if key else ""
    for length in range(1, len(key) + 1):
        if key[:length] in changed:
            source = f"--set {changed[key[:length]]}"
    if details["type"] == "extra_forbidden":
        known = [field for one in records for field in one.model_fields]
        return ConfigError(f"{source}: unknown key {dotted!r}.", suggestion(name, known))
    hint = _meaning(name, records)
    if details["type"] == "missing":
        return ConfigError(f"{source}: the key {dotted!r} is missing.", hint)
    if details["type"] == "value_error":
        place = f"{dotted!r}: " if dotted else ""
        text = details["msg"].removeprefix("Value error, ").removesuffix(".")
        return ConfigError(f"{source}: {place}{text}.", "change one of the values named")
    found = json.dumps(details["input"], default=str)
    found = found if len(found) <= 60 else found[:57] + "..."
    return ConfigError(f"{source}: {dotted!r} is {found}, expected {_expected(details)}.", hint)


EXPECTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "string_type": "text in quotes",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "dict_type": "a table",
    "tuple_type": "a list",
    "list_type": "a list",
    "union_tag_not_found": "a table with a key that names its kind",
}


def _expected(details: ErrorDetails) -> str:
    """Pydantic's reason as the end of "expected ..."."""
    if details["type"] == "union_tag_invalid":
        return f"one of the kinds {details['ctx']['expected_tags']}"
    reason = details["msg"].removeprefix("Input should be ")
    if reason.startswith(("greater", "less", "a multiple")):
        reason = f"a number {reason}"
    return EXPECTED.get(details["type"], reason)


def _meaning(name: str, records: Sequence[type[Record]]) -> str:
    """The documentation of a field, as a hint."""
    for one in records:
        field = one.model_fields.get(name)
        if field is not None and field.description:
            return f"{name}: {' '.join(field.description.split())}"
    return "correct the value, or leave the key out where it may be left out"


def _locate(
    location: tuple[int | str, ...], table: Mapping[str, Any], record: type[Record]
) -> tuple[Key, list[type[Record]]]:
    """Pydantic's location -> the key as written in the file, and the records that may stand around it.

    Pydantic also names the chosen member of a union; such a step stands in no file and is left out.
    """
    key: list[str] = []
    inside: Any = table
    records: list[type[Record]] = [record]
    inner: list[type[Record]] = [record]
    for number, step in enumerate(location):
        is_field = any(step in one.model_fields for one in inner)
        is_written = _holds(inside, step)
        is_last = number == len(location) - 1
        members = [one for one in inner if _is_member(one, str(step))]
        if not is_field and not is_written and (members or not is_last):
            inner = members or inner
            records = inner
            continue
        key.append(str(step))
        inside = inside[step] if is_written else {}
        records = inner
        if is_field:
            annotations = [
                one.model_fields[str(step)].annotation for one in inner if step in one.model_fields
            ]
            inner = [found for annotation in annotations for found in _records_in(annotation)]
    return tuple(key), records


def _holds(inside: Any, step: int | str) -> bool:
    if isinstance(inside, dict):
        return step in inside
    return isinstance(inside, list) and isinstance(step, int) and 0 <= step < len(inside)


def _is_member(record: type[Record], tag: str) -> bool:
    """Whether pydantic may call this member of a union `tag`: by its class or by a literal of a field."""
    literals = [typing.get_args(field.annotation) for field in record.model_fields.values()]
    return record.__name__ == tag or any(tag in values for values in literals)


def _records_in(annotation: Any) -> list[type[Record]]:
    """Every record named in a type, through unions, lists and Annotated."""
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return [annotation]
    return [found for part in typing.get_args(annotation) for found in _records_in(part)]


# ---------------------------------------------------------------- writing


def to_toml(record: Record, leave_out: Iterable[str] = ()) -> str:
    """A record as TOML, each key under its documentation; None is left out, as TOML has no such value."""
    left_out = set(leave_out)
    fields = type(record).model_fields
    values = {name: getattr(record, name) for name in fields if name not in left_out}
    return "\n".join(_lines(values, fields, ())).strip() + "\n"


def _lines(values: Mapping[str, Any], fields: Mapping[str, FieldInfo], path: Key) -> list[str]:
    """The plain keys of a table, and then the tables in it."""
    lines: list[str] = []
    tables: list[str] = []
    for name, value in values.items():
        inner = (*path, _key(name))
        if isinstance(value, Record):
            of_record = type(value).model_fields
            held = {field: getattr(value, field) for field in of_record}
            tables += ["", f"[{'.'.join(inner)}]", *_lines(held, of_record, inner)]
        elif isinstance(value, Mapping) and any(isinstance(one, Record) for one in value.values()):
            tables += _lines(value, {}, inner)
        elif value is not None:
            described = fields[name].description if name in fields else None
            lines += [f"# {' '.join(described.split())}"] if described else []
            lines.append(f"{_key(name)} = {_value(value)}")
    return lines + tables


def _value(value: Any) -> str:
    """One TOML value on one line."""
    if isinstance(value, Record):
        value = {name: getattr(value, name) for name in type(value).model_fields}
    if isinstance(value, Mapping):
        pairs = [f"{_key(str(key))} = {_value(inner)}" for key, inner in value.items() if inner is not None]
        return f"{{ {', '.join(pairs)} }}" if pairs else "{}"
    if isinstance(value, list | tuple | set | frozenset):
        return f"[{', '.join(_value(inner) for inner in value)}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return _quoted(str(value))


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _quoted(name)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
