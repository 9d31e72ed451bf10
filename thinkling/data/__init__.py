"""Text to rows of token ids on disk, and back to the rows of one training step. NumPy, no torch.

`mixture` draws conversations, `primer` writes them as shards (through `frame` and `packing`), `shards` reads
and verifies them, `loader` says which rows belong to a step.
"""
