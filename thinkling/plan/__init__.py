"""What a model weighs, where it fits, how fast it is and what it costs, from its configuration. No torch.

A walk: `named` finds the shape, `count` counts it, `memory` and `training_memory` say what it takes,
`roofline`, `train_time` and `reinforce` how long, `price` what it costs; `estimate` carries every number
with its formula and range, `assumptions` holds all that is assumed. `reproduce` computes published figures
again.
"""
