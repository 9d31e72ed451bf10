"""One small tokenizer for the whole room."""

from __future__ import annotations

import pytest
from hypothesis import settings

from thinkling.text.tokenizer import Tokenizer

settings.register_profile("text", deadline=None)  # the machine may be busy
settings.load_profile("text")

CORPUS = [
    "What is 12 times 14? First 10 times 14 is 140, then 2 times 14 is 28, so the answer is 168.\n\n",
    "<｜begin▁of▁sentence｜><｜User｜>Hello there<｜Assistant｜>"
    "<think>\nThey greet me.\n</think>\n\nHello!<｜end▁of▁sentence｜>",
    "数学题:十二乘以十四等于一百六十八。 Let me think step by step. Wait, check it again 🙂🙂\n",
] * 5


@pytest.fixture(scope="session")
def tokenizer() -> Tokenizer:
    return Tokenizer.train(CORPUS, vocab_size=360)
