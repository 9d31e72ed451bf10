"""What a model weighs before it exists: parameters, cache and arithmetic from its configuration. No torch."""
