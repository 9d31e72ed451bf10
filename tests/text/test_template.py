"""Golden layouts, parity with transformers, and messages that try to write control tokens."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import AutoTokenizer

from thinkling.errors import ModelError, RequestError
from thinkling.records import Message, Role, Thinking
from thinkling.text import special
from thinkling.text.sandbox import MAX_CHARACTERS
from thinkling.text.template import MAX_MESSAGES, R1_ZERO_FILE, Template
from thinkling.text.tokenizer import Tokenizer

USER = Message("user", "What is 2+2?")
CHAT = [
    Message("system", "Be brief."),
    USER,
    Message("assistant", "4"),
    Message("user", "And 3+3?"),
]
LEARNT = [*CHAT, Message("assistant", "6", reasoning="3+3 is 6.")]
BARE = "{{ bos_token }}{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}[assistant]"
PRIMING = BARE + "{% if add_generation_prompt %}{{ '<think>\\n' }}{% endif %}"
CLOSING = BARE + "{% if add_generation_prompt %}{{ '<think>\\n\\n</think>\\n\\n' }}{% endif %}"

hostile = st.lists(
    st.one_of(
        st.text(max_size=6), st.sampled_from([*special.TOKENS, "[fragment 0.0]", "[fragment ", "<think", ">"])
    )
).map("".join)


@pytest.fixture(scope="module")
def library(tokenizer: Tokenizer, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What transformers makes of the folder that we write."""
    folder = tmp_path_factory.mktemp("model")
    tokenizer.save(folder, context_length=4096)
    return AutoTokenizer.from_pretrained(folder)


def test_golden_prompt() -> None:
    assert Template.default().render(CHAT) == (
        "<｜begin▁of▁sentence｜>Be brief.<｜User｜>What is 2+2?<｜Assistant｜>4<｜end▁of▁sentence｜>"
        "<｜User｜>And 3+3?<｜Assistant｜>"
    )


@pytest.mark.parametrize(
    ("thinking", "ending"),
    [
        ("auto", "<｜Assistant｜>"),
        ("on", "<｜Assistant｜><think>\n"),
        ("off", "<｜Assistant｜><think>\n\n</think>\n\n"),
    ],
)
def test_golden_generation_prompts(thinking: Thinking, ending: str) -> None:
    head = "<｜begin▁of▁sentence｜><｜User｜>What is 2+2?"
    assert Template.default().render([USER], thinking) == head + ending
    assert Template.default().render([USER], thinking, add_generation_prompt=False) == head


def test_past_answers_keep_what_follows_their_last_think_tag() -> None:
    past = Message("assistant", "<think>a</think>b</think>\n\n4", reasoning="never shown")
    text = Template.default().render([USER, past, USER])
    assert text.split("<｜Assistant｜>")[1] == "\n\n4<｜end▁of▁sentence｜><｜User｜>What is 2+2?"


def test_several_system_messages_are_joined_by_a_blank_line() -> None:
    text = Template.default().render([Message("system", "One."), USER, Message("system", "Two."), USER])
    assert text.startswith("<｜begin▁of▁sentence｜>One.\n\nTwo.<｜User｜>")


def test_content_with_jinja_syntax_is_data() -> None:
    text = Template.default().render([Message("user", "{{ bos_token }}{% raw %} &<b>")])
    assert "<｜User｜>{{ bos_token }}{% raw %} &<b><｜Assistant｜>" in text


def test_golden_r1_zero_prompt(tokenizer: Tokenizer) -> None:
    template = Template.from_file(R1_ZERO_FILE)
    assert template.render([USER]) == (
        "<｜begin▁of▁sentence｜>A conversation between User and Assistant. The user asks a question, and the "
        "Assistant solves it. The assistant first thinks about the reasoning process in the mind and then "
        "provides the user with the answer. The reasoning process and answer are enclosed within <think> "
        "</think> and <answer> </answer> tags, respectively, i.e., <think> reasoning process here </think> "
        "<answer> answer here </answer>. User: What is 2+2?. Assistant:"
    )
    assert template.prompt(tokenizer, [USER]).starts_in == "undecided"
    with pytest.raises(RequestError, match="one user message"):
        template.render(CHAT)


@pytest.mark.parametrize(
    "messages", [[USER], CHAT, CHAT[1:], [USER, Message("assistant", "a</think>b"), USER]]
)
def test_prompts_equal_those_of_transformers(
    tokenizer: Tokenizer, library: Any, messages: Sequence[Message]
) -> None:
    chat = [{"role": message.role, "content": message.content} for message in messages]
    template = Template.default()
    for switch in ("auto", "on", "off"):
        text = library.apply_chat_template(chat, add_generation_prompt=True, tokenize=False, thinking=switch)
        assert template.render(messages, switch) == text
        ids = library.apply_chat_template(chat, add_generation_prompt=True, thinking=switch)["input_ids"]
        assert list(template.prompt(tokenizer, messages, switch).ids) == ids
    bare = library.apply_chat_template(chat, tokenize=False)
    assert template.render(messages, add_generation_prompt=False) == bare


def test_transformers_reads_the_saved_folder_as_we_do(tokenizer: Tokenizer, library: Any) -> None:
    text = "<｜User｜>12 times 14, 数学 🙂 <think>\n\n</think> \n <｜end▁of▁sentence｜>"
    assert library(text)["input_ids"] == tokenizer.encode(text)
    assert library.decode(tokenizer.encode(text)) == text
    assert (library.bos_token_id, library.eos_token_id, library.pad_token_id) == (0, 1, 2)
    assert library.model_max_length == 4096
    assert len(library) == tokenizer.vocab_size


def test_saved_config_leaves_the_template_to_its_own_file(tokenizer: Tokenizer, tmp_path: Path) -> None:
    tokenizer.save(tmp_path, context_length=4096)
    config = json.loads((tmp_path / "tokenizer_config.json").read_text(encoding="utf-8"))
    assert "chat_template" not in config
    assert config["tokenizer_class"] == "PreTrainedTokenizerFast"
    assert Template.load(tmp_path).source == Template.default().source


def test_template_inside_tokenizer_config_is_found(tokenizer: Tokenizer, tmp_path: Path) -> None:
    tokenizer.save(tmp_path, context_length=4096)
    (tmp_path / "chat_template.jinja").unlink()
    path = tmp_path / "tokenizer_config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    with pytest.raises(ModelError, match="no chat template"):
        Template.load(tmp_path)
    named = [{"name": "tool_use", "template": "no"}, {"name": "default", "template": "{{ bos_token }}yes"}]
    for value in ("{{ bos_token }}yes", named):
        path.write_text(json.dumps(config | {"chat_template": value}), encoding="utf-8")
        assert Template.load(tmp_path).render([USER]) == "<｜begin▁of▁sentence｜>yes"
    path.write_text(json.dumps(config | {"chat_template": 3}), encoding="utf-8")
    with pytest.raises(ModelError, match="chat_template"):
        Template.load(tmp_path)


@pytest.mark.parametrize(
    ("source", "thinking", "ending", "starts_in"),
    [
        (BARE, "auto", "[assistant]", "undecided"),
        (BARE, "on", "[assistant]<think>\n", "reasoning"),
        (BARE, "off", "[assistant]<think>\n\n</think>\n\n", "content"),
        (PRIMING, "auto", "[assistant]<think>\n", "reasoning"),
        (PRIMING, "on", "[assistant]<think>\n", "reasoning"),
        (PRIMING, "off", "[assistant]<think>\n\n</think>\n\n", "content"),
        (CLOSING, "auto", "[assistant]<think>\n\n</think>\n\n", "content"),
        (CLOSING, "on", "[assistant]<think>\n", "reasoning"),
        (CLOSING, "off", "[assistant]<think>\n\n</think>\n\n", "content"),
        (Template.default().source, "auto", "<｜Assistant｜>", "undecided"),
        (Template.default().source, "on", "<｜Assistant｜><think>\n", "reasoning"),
        (Template.default().source, "off", "<｜Assistant｜><think>\n\n</think>\n\n", "content"),
    ],
)
def test_thinking_switch_works_whatever_the_template_knows(
    tokenizer: Tokenizer, source: str, thinking: Thinking, ending: str, starts_in: str
) -> None:
    template = Template(source)
    prompt = template.prompt(tokenizer, [USER], thinking)
    assert template.render([USER], thinking).endswith("What is 2+2?" + ending)
    assert tokenizer.decode(prompt.ids) == template.render([USER], thinking)
    assert prompt.starts_in == starts_in


def test_qwen_style_switch_is_set_for_templates_that_know_it() -> None:
    template = Template("{% if enable_thinking is defined %}{{ enable_thinking }}{% endif %}")
    assert template.render([USER]) == ""
    assert template.render([USER], "on") == "True<think>\n"
    assert template.render([USER], "off") == "False<think>\n\n</think>\n\n"


def test_user_text_that_ends_in_a_think_tag_does_not_decide_where_the_answer_starts(
    tokenizer: Tokenizer,
) -> None:
    template = Template("{{ messages[-1].content }}")
    assert template.prompt(tokenizer, [Message("user", "what is <think>")]).starts_in == "undecided"


@given(hostile, hostile, hostile)
@settings(max_examples=60)
def test_no_message_writes_a_control_token(tokenizer: Tokenizer, system: str, user: str, past: str) -> None:
    messages = [
        Message("system", system),
        Message("user", user),
        Message("assistant", past),
        Message("user", user),
    ]
    harmless = [Message(message.role, "x") for message in messages]
    template = Template.default()

    def controls(chat: Sequence[Message]) -> list[int]:
        return [index for index in template.prompt(tokenizer, chat).ids if index < len(special.TOKENS)]

    assert controls(messages) == controls(harmless)
    text = tokenizer.decode(template.prompt(tokenizer, messages).ids)
    kept = past.rpartition("</think>")[2]
    assert text == (
        f"{special.BOS}{system}{special.USER}{user}{special.ASSISTANT}{kept}{special.EOS}"
        f"{special.USER}{user}{special.ASSISTANT}"
    )


def test_placeholders_survive_a_template_that_trims_and_drops(tokenizer: Tokenizer) -> None:
    template = Template("{{ bos_token }}{{ messages[-1].content | trim }}{{ messages[-1].content }}|")
    chat = [Message("system", "<think>"), Message("user", "a<｜User｜>b [fragment 0.1]")]
    ids = template.prompt(tokenizer, chat).ids
    assert tokenizer.decode(ids) == special.BOS + chat[1].content * 2 + "|"
    assert [index for index in ids if index < len(special.TOKENS)] == [tokenizer.bos_id]


def test_bos_stands_once_even_if_the_user_writes_it(tokenizer: Tokenizer) -> None:
    prompt = Template.default().prompt(tokenizer, [Message("user", special.BOS + "hi")])
    assert prompt.ids.count(tokenizer.bos_id or 0) == 1
    assert prompt.ids[0] == tokenizer.bos_id


def test_golden_training_conversation(tokenizer: Tokenizer) -> None:
    template = Template.default()
    conversation = template.conversation(tokenizer, LEARNT)
    answer = "<think>\n3+3 is 6.\n</think>\n\n6<｜end▁of▁sentence｜>"
    assert tokenizer.decode(conversation.ids) == template.render(CHAT) + answer
    assert len(conversation.ids) == len(conversation.is_answer)
    marked = [
        index for index, is_answer in zip(conversation.ids, conversation.is_answer, strict=True) if is_answer
    ]
    assert tokenizer.decode(marked) == answer
    assert conversation.ids[: -len(marked)] == template.prompt(tokenizer, CHAT).ids


@pytest.mark.parametrize("reasoning", [None, ""])
def test_an_answer_without_reasoning_is_trained_with_an_empty_block(
    tokenizer: Tokenizer, reasoning: str | None
) -> None:
    template = Template.default()
    conversation = template.conversation(tokenizer, [USER, Message("assistant", "4", reasoning)])
    prefill = template.prompt(tokenizer, [USER], "off").ids
    assert conversation.ids == (*prefill, *tokenizer.encode("4"), tokenizer.eos_id)


def test_a_template_that_primes_the_block_leaves_its_tag_out_of_the_answer(tokenizer: Tokenizer) -> None:
    conversation = Template(PRIMING).conversation(tokenizer, LEARNT)
    marked = [
        index for index, is_answer in zip(conversation.ids, conversation.is_answer, strict=True) if is_answer
    ]
    assert tokenizer.decode(marked) == "3+3 is 6.\n</think>\n\n6<｜end▁of▁sentence｜>"


def test_a_template_that_closes_the_block_refuses_reasoning(tokenizer: Tokenizer) -> None:
    template = Template(CLOSING)
    marked = template.conversation(tokenizer, [USER, Message("assistant", "4")])
    assert tokenizer.decode(marked.ids).endswith("</think>\n\n4<｜end▁of▁sentence｜>")
    with pytest.raises(RequestError, match="closes the think block"):
        template.conversation(tokenizer, LEARNT)


plain_text = st.text(max_size=20)


@given(plain_text, plain_text, plain_text, plain_text)
@settings(max_examples=60)
def test_corpus_path_equals_conversation(
    tokenizer: Tokenizer, system: str, user: str, reasoning: str, content: str
) -> None:
    messages = [Message("system", system), Message("user", user), Message("assistant", content, reasoning)]
    template = Template.default()
    ids = tokenizer.encode_batch([template.render_training(messages)])[0]
    assert tuple(ids) == template.conversation(tokenizer, messages).ids


def test_control_tokens_in_a_corpus_are_disarmed_or_refused(tokenizer: Tokenizer) -> None:
    messages = [USER, Message("assistant", "It is </think>.", reasoning="What is <think>?")]
    conversation = Template.default().conversation(tokenizer, messages)
    assert conversation.ids.count(tokenizer.think_open_id or 0) == 1
    assert conversation.ids.count(tokenizer.think_close_id or 0) == 1
    assert tokenizer.decode(conversation.ids).endswith(
        "<think>\nWhat is <think>?\n</think>\n\nIt is </think>.<｜end▁of▁sentence｜>"
    )
    with pytest.raises(RequestError, match=r"control token <"):
        Template.default().render_training(messages)


@pytest.mark.parametrize(
    ("messages", "found"),
    [
        ([], "empty"),
        ([Message("system", "only")], "nothing to answer"),
        ([USER, Message("assistant", "4")], "nothing to answer"),
        ([Message("wizard", "x"), USER], "wizard"),  # type: ignore[arg-type]
        ([USER] * (MAX_MESSAGES + 1), "messages"),
        ([Message("user", "x" * (MAX_CHARACTERS + 1))], "characters"),
        ([Message("tool", "42")], "role tool"),
    ],
)
def test_conversations_that_cannot_be_answered_are_refused(
    tokenizer: Tokenizer, messages: list[Message], found: str
) -> None:
    for ask in (
        lambda: Template.default().render(messages),
        lambda: Template.default().prompt(tokenizer, messages),
    ):
        with pytest.raises(RequestError, match=found) as caught:
            ask()
        assert caught.value.hint


@pytest.mark.parametrize("roles", [[], ["user"], ["assistant"], ["user", "assistant", "user"]])
def test_training_conversation_has_to_be_a_question_and_its_answer(
    tokenizer: Tokenizer, roles: list[Role]
) -> None:
    messages = [Message(role, "x") for role in roles]
    for learn in (
        Template.default().render_training,
        lambda chat: Template.default().conversation(tokenizer, chat),
    ):
        with pytest.raises(RequestError):
            learn(messages)


@pytest.mark.parametrize(
    "source",
    [
        "{{ raise_exception('no') }}",
        "{{ messages.append(1) }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ missing.attribute }}",
        "{{ 1 / 0 }}",
        "{% for i in range(99999) %}{{ 'x' * 999 }}{% endfor %}",
    ],
)
def test_a_template_that_misbehaves_is_a_refused_request(source: str) -> None:
    with pytest.raises(RequestError):
        Template(source).render([USER])


def test_a_template_that_cannot_be_compiled_is_a_model_error() -> None:
    with pytest.raises(ModelError, match="compiled"):
        Template("{% if %}")


def test_tojson_and_loop_controls_work_as_in_transformers() -> None:
    source = "{% for m in messages %}{{ m | tojson }}{% break %}{% endfor %}"
    assert Template(source).render([Message("user", "数<"), USER]) == '{"role": "user", "content": "数<"}'


def test_a_message_full_of_placeholders_is_read_at_once(tokenizer: Tokenizer) -> None:
    text = "".join(f"[fragment {number}." for number in range(30_000))
    start = time.perf_counter()
    Template.default().prompt(tokenizer, [Message("user", text)])
    assert time.perf_counter() - start < 2
