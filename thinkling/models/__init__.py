"""The network: DeepSeek-V3's (MLA, DeepSeekMoE, MTP) and a dense one (GQA, QK-norm), from one set of parts.

There is no batch axis: the tokens of all sequences lie in one packed row, and only `attend` knows where each
begins. Read in this order: `config` (what a model is), `transformer` (the whole), `mla` or `gqa`, `moe` or
`dense`, `mtp`, `rope`, `attend` (how training attends; the engine brings its own).

A tensor of known rank carries its axes as a suffix, one letter each (`q_THW`):

T tokens of the packed row, S attended positions, B sequences (only at the edges), D model width,
H query heads, K key-value heads, W head width.
MLA: C latent, Q query latent, N unrotated width, R rotated width, U value width.
F feed-forward width, E experts, A experts active per token, V vocabulary.
Reinforcement learning: P prompts, G answers per prompt, O = P*G answers in a batch.
"""
