"""DeepSeek-R1's control tokens, byte for byte.

The bars are U+FF5C and the low lines U+2581; only the think tags are plain ASCII. Writing an ASCII bar
yields text that no model was ever trained on, so nothing else in the house spells these strings out.
Released tokenizers number them differently: look them up by name, never by number.
"""

from __future__ import annotations

BOS = "<\uff5cbegin\u2581of\u2581sentence\uff5c>"
EOS = "<\uff5cend\u2581of\u2581sentence\uff5c>"
PAD = "<\uff5c\u2581pad\u2581\uff5c>"
USER = "<\uff5cUser\uff5c>"
ASSISTANT = "<\uff5cAssistant\uff5c>"
THINK_OPEN = "<think>"
THINK_CLOSE = "</think>"
TOOL_CALLS_BEGIN = "<\uff5ctool\u2581calls\u2581begin\uff5c>"
TOOL_CALLS_END = "<\uff5ctool\u2581calls\u2581end\uff5c>"
TOOL_CALL_BEGIN = "<\uff5ctool\u2581call\u2581begin\uff5c>"
TOOL_CALL_END = "<\uff5ctool\u2581call\u2581end\uff5c>"
TOOL_OUTPUTS_BEGIN = "<\uff5ctool\u2581outputs\u2581begin\uff5c>"
TOOL_OUTPUTS_END = "<\uff5ctool\u2581outputs\u2581end\uff5c>"
TOOL_OUTPUT_BEGIN = "<\uff5ctool\u2581output\u2581begin\uff5c>"
TOOL_OUTPUT_END = "<\uff5ctool\u2581output\u2581end\uff5c>"
TOOL_SEP = "<\uff5ctool\u2581sep\uff5c>"

TOKENS: tuple[str, ...] = (
    BOS,
    EOS,
    PAD,
    USER,
    ASSISTANT,
    THINK_OPEN,
    THINK_CLOSE,
    TOOL_CALLS_BEGIN,
    TOOL_CALLS_END,
    TOOL_CALL_BEGIN,
    TOOL_CALL_END,
    TOOL_OUTPUTS_BEGIN,
    TOOL_OUTPUTS_END,
    TOOL_OUTPUT_BEGIN,
    TOOL_OUTPUT_END,
    TOOL_SEP,
)
"""Our own tokenizers hold these at ids 0, 1, 2, ... in this order."""

SILENT_TOKENS: frozenset[str] = frozenset((BOS, EOS, PAD))
"""The tokens marked `special: true`, as in the release: the others are part of the decoded text."""
