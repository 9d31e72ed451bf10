"""Token ids in, ids and log-probabilities out: continuous batching over a paged cache. No text here.

A request walks `engine.add` -> `scheduler` (when, and on which `pages`) -> `batch` (rows of numbers) ->
`runner` (the model over `pool` through `attend`) -> `sampler`, and comes back from `engine.step`.
"""
