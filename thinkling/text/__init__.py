"""Text on its way in and out of the model; no tensors here.

Down the stairs: `template` turns messages into a prompt, `tokenizer` turns text into ids.
Up again: `stream` turns ids into text that is safe to show, `thinking` parts reasoning from content.
"""
