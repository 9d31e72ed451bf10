"""Every error that thinkling raises on purpose.

```
ThinklingError                     message: what was asked and what was found; hint: what to do
├── ConfigError                    a recipe, a preset or a command-line setting is wrong
├── ModelError                     a model folder or its configuration cannot be used
│   └── WeightsError               a tensor or a weight file is missing, misshapen or damaged
├── RequestError                   a request to the engine cannot be served as asked
├── TaskError                      a task, a problem or a data shard cannot be used
├── CheckpointError                a run folder or a checkpoint cannot be resumed
└── TrainingError                  a run has to stop: nothing to learn from, or numbers no longer finite
```
"""

from __future__ import annotations


class ThinklingError(Exception):
    """A mistake that can be explained: `message` says what was found, `hint` what to do about it."""

    exit_code = 2

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[type[ThinklingError], tuple[str, str]]:
        """So that an error crosses from one process to another with its hint."""
        return type(self), (self.message, self.hint)

    def __str__(self) -> str:
        return f"{self.message} Hint: {self.hint}"


class ConfigError(ThinklingError):
    """A recipe, a preset or a command-line setting is wrong."""


class ModelError(ThinklingError):
    """A model folder or its configuration cannot be used."""


class WeightsError(ModelError):
    """A tensor or a weight file is missing, misshapen or damaged."""


class RequestError(ThinklingError):
    """A request to the engine cannot be served as asked."""


class TaskError(ThinklingError):
    """A task, a problem or a data shard cannot be used."""


class CheckpointError(ThinklingError):
    """A run folder or a checkpoint cannot be resumed."""


class TrainingError(ThinklingError):
    """A run has to stop: there is nothing to learn from, or numbers are no longer finite."""
