"""Training: one loop for every stage, and a recipe that runs stages in order.

    recipe       TOML files -> stages, run in order        stage      what a stage is; a run's folders
    loop         steps, checkpoints, signals               checkpoint everything a resume needs, no pickle
    metrics      one line a step; what each number means   display    the same numbers, live
    optimizer    Muon for hidden matrices, AdamW           report     the same numbers, on a page

Reading order: `stage`, `loop`, then a stage's own file (`pretrain`, `grpo`).
"""
