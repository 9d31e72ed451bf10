"""Problems whose answers are checked by rule. No torch.

`TASKS` names the tasks of the house; `task_named` also finds those that other packages declare under the
entry-point group "thinkling.tasks". A task is one file; how its answers are read is in `verify`; which
problems are never trained on is in `split`; what a whole rollout earns is in `grade`.
"""

from thinkling.tasks.registry import ENTRY_POINT_GROUP, TASKS, task_named
from thinkling.tasks.task import BARE, Solution, Task

__all__ = ["BARE", "ENTRY_POINT_GROUP", "TASKS", "Solution", "Task", "task_named"]
