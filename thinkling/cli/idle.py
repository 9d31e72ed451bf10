"""Options that would do nothing are refused: whoever gives one expects something of it."""

from __future__ import annotations

from collections.abc import Iterable

import click
from click.core import ParameterSource

from thinkling.errors import ConfigError


def refuse_idle(names: Iterable[str], when: str, hint: str = "leave it out") -> None:
    """Raises ConfigError where one of the current command's parameters is given that do nothing `when`."""
    context = click.get_current_context()
    given = [one for one in names if context.get_parameter_source(one) is ParameterSource.COMMANDLINE]
    options = {one.name: one.opts[0] for one in context.command.params}
    if given:
        raise ConfigError(f"{options[given[0]]} does nothing {when}.", hint)
