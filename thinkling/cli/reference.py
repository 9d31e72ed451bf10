"""Writes `docs/reference/cli.md` from the commands: `python -m thinkling.cli.reference [--check FILE]`."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import click

from thinkling.cli.main import program

_HEAD = """# The command line

Generated from the commands by `make docs`; do not edit.
"""


@click.command()
@click.option(
    "--check", "path", type=click.Path(path_type=Path), help="Compare with this file; print nothing."
)
def write(path: Path | None) -> None:
    """Print the page, or fail where a file differs from it."""
    page = reference_page()
    if path is None:
        click.echo(page, nl=False)
    elif not path.exists() or path.read_text(encoding="utf-8") != page:
        raise click.ClickException(f"{path} is not up to date; write it with: make docs")


def reference_page() -> str:
    """The whole page: the program, then each verb in the order of the help."""
    outer = click.Context(program, info_name="thinkling", **program.context_settings)
    parts = [_HEAD, _section(outer)]
    # Verbs inherit settings, such as the names of the help option.
    for verb in _inner(outer):
        parts += [_section(verb), *(_section(one) for one in _inner(verb))]
    return "\n".join(parts)


def _section(context: click.Context) -> str:
    title, command = str(context.info_name), context.command
    usage = " ".join([title, *command.collect_usage_pieces(context)])
    parts = [f"## {title}", f"```\n{usage}\n```", inspect.cleandoc(command.help or "")]
    options = [param for param in command.params if isinstance(param, click.Option)]
    records = [record for option in options if (record := option.get_help_record(context))]
    # click keeps the help option as the first caller's settings made it.
    records.append((", ".join(context.help_option_names), "Show this message and exit."))
    parts.append("| option | meaning |\n|---|---|\n" + "\n".join(_row(*record) for record in records))
    rows = []
    for one in _inner(context):
        name = str(one.info_name)
        link, summary = name.replace(" ", "-"), one.command.get_short_help_str(200)
        rows.append(f"- [`{name.removeprefix(f'{title} ')}`](#{link}): {summary}")
    parts.append("\n".join(rows))
    parts.append(_examples(inspect.cleandoc(command.epilog or "")))
    return "\n\n".join(part for part in parts if part) + "\n"


def _inner(context: click.Context) -> list[click.Context]:
    """The commands of a group, in the order of its help."""
    group = context.command
    if not isinstance(group, click.Group):
        return []
    found = [(name, group.get_command(context, name)) for name in group.list_commands(context)]
    return [click.Context(one, context, f"{context.info_name} {name}") for name, one in found if one]


def _row(option: str, meaning: str) -> str:
    return "| `{}` | {} |".format(option.replace("|", "\\|"), meaning.replace("|", "\\|"))


def _examples(epilog: str) -> str:
    """The text around the examples as it is, and the commands as one block to copy."""
    text, _, examples = epilog.partition("Examples:")
    commands = re.sub(r"\n\s*\n", "\n", inspect.cleandoc(examples)).strip()
    block = f"```sh\n{commands}\n```" if commands else ""
    return "\n\n".join(part for part in (text.strip(), block) if part)


if __name__ == "__main__":
    write()
