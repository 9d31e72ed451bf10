"""The engine gives the tokens and log-probabilities of the plain model, whoever else is running."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import Tensor

from thinkling.engine.engine import Engine
from thinkling.engine.request import Finished
from thinkling.engine.score import score
from thinkling.errors import RequestError
from thinkling.models.attend import Causal
from thinkling.models.config import GQA, MLA, Dense, ModelConfig, MoE, Rope, Yarn
from thinkling.models.linear import set_compute_dtype
from thinkling.models.transformer import Transformer
from thinkling.records import SamplingParams

LATENT = ModelConfig(
    vocab_size=96,
    width=64,
    num_layers=3,
    attention=MLA(num_heads=4, kv_rank=32, nope_width=16, rope_width=8, value_width=24),
    ffn=MoE(num_experts=8, num_active=2, expert_width=32, num_groups=2, num_active_groups=1),
    dense=Dense(width=96),
    num_dense_layers=1,
    rope=Rope(scaling=Yarn(factor=4.0, original_length=64)),
    mtp_depth=1,
    context_length=256,
)
COMPRESSED = LATENT.model_copy(
    update={
        "attention": MLA(num_heads=2, q_rank=24, kv_rank=16, nope_width=16, rope_width=8, value_width=16),
        "rope": Rope(),
    }
)
GROUPED = ModelConfig(
    vocab_size=96,
    width=64,
    num_layers=2,
    attention=GQA(num_heads=4, num_kv_heads=2, head_width=16),
    ffn=Dense(width=96),
    context_length=256,
)
CONFIGS = {"latent": LATENT, "compressed": COMPRESSED, "grouped": GROUPED}
DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16}


def make_model(config: ModelConfig, dtype: torch.dtype = torch.float32) -> Transformer:
    model = Transformer(config)
    model.initialize(0.12, torch.Generator().manual_seed(7))
    return model.to(dtype).eval()


def make_prompts(count: int, seed: int = 0) -> list[tuple[int, ...]]:
    random = np.random.default_rng(seed)
    return [tuple(random.integers(3, 96, random.integers(1, 60)).tolist()) for _ in range(count)]


def run(engine: Engine, requests: list[tuple[tuple[int, ...], SamplingParams]]) -> list[list[Finished]]:
    """Every request's completions, in the order the requests were given."""
    numbers = [engine.add(prompt, params, seed=i) for i, (prompt, params) in enumerate(requests)]
    finished: dict[int, list[Finished]] = {number: [] for number in numbers}
    while not engine.is_idle:
        for one in engine.step().finished:
            finished[one.request].append(one)
    return [sorted(finished[number], key=lambda one: one.index) for number in numbers]


def greedy_twin(model: Transformer, prompt: tuple[int, ...], count: int) -> tuple[list[int], list[float]]:
    """The slow way: read everything again for each token."""
    ids, logprobs = list(prompt), []
    for _ in range(count):
        with torch.no_grad():
            hidden = model(torch.tensor(ids), torch.arange(len(ids)), Causal([len(ids)]))
            logp: Tensor = model.logits(hidden.states_TD)[-1].log_softmax(-1)
        ids.append(int(logp.argmax()))
        logprobs.append(float(logp.max()))
    return ids[len(prompt) :], logprobs


@pytest.mark.parametrize("name", CONFIGS)
def test_cached_decoding_equals_reading_everything_again(name: str) -> None:
    model = make_model(CONFIGS[name])
    params = SamplingParams(temperature=0, max_tokens=40, ignore_eos=True)
    prompts = make_prompts(6)
    for prompt, (done,) in zip(prompts, run(Engine(model, ()), [(p, params) for p in prompts]), strict=True):
        ids, logprobs = greedy_twin(model, prompt, 40)
        assert list(done.ids) == ids
        np.testing.assert_allclose(done.logprobs, logprobs, atol=2e-5)
        assert done.finish_reason == "length"


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_request_alone_equals_the_same_request_among_five_hundred(name: str, dtype: str) -> None:
    model = make_model(CONFIGS[name], DTYPES[dtype])
    kinds = (
        SamplingParams(temperature=1.0, max_tokens=24, seed=11),
        SamplingParams(temperature=0.7, top_p=0.9, max_tokens=40, seed=12),
        SamplingParams(temperature=0, max_tokens=30),
        SamplingParams(temperature=1.3, top_k=5, min_p=0.05, max_tokens=17, n=3, seed=2**62),
    )
    requests = [(prompt, kinds[i % 4]) for i, prompt in enumerate(make_prompts(340))]
    crowd = run(Engine(model, (1,)), requests)
    assert sum(map(len, crowd)) > 500
    for i in range(0, 340, 23):
        prompt, params = requests[i]
        engine = Engine(model, (1,))
        number = engine.add(prompt, params, seed=i)
        alone: list[Finished] = []
        while not engine.is_idle:
            alone += engine.step().finished
        alone.sort(key=lambda one: one.index)
        assert [one.request for one in alone] == [number] * params.n
        assert [one.ids for one in alone] == [one.ids for one in crowd[i]]
        assert [one.logprobs for one in alone] == [one.logprobs for one in crowd[i]]


def test_compute_dtype_bf16_with_fp32_weights_is_also_independent_of_neighbours() -> None:
    model = make_model(LATENT)
    set_compute_dtype(model, torch.bfloat16)
    params = SamplingParams(temperature=1.0, max_tokens=20, seed=3)
    prompts = make_prompts(120)
    crowd = run(Engine(model, ()), [(prompt, params) for prompt in prompts])
    for i in range(0, 120, 17):
        (alone,) = run(Engine(model, ()), [(prompts[i], params)])
        assert alone[0].ids == crowd[i][0].ids and alone[0].logprobs == crowd[i][0].logprobs


@pytest.mark.parametrize("name", CONFIGS)
def test_sampled_logprobs_equal_teacher_forced_scores(name: str) -> None:
    model = make_model(CONFIGS[name])
    params = SamplingParams(temperature=1.0, max_tokens=30, n=4)
    done = [
        one for group in run(Engine(model, (1,)), [(p, params) for p in make_prompts(9)]) for one in group
    ]
    scores = score(model, [one.prompt_ids + one.ids for one in done])
    for one, logp in zip(done, scores, strict=True):
        np.testing.assert_allclose(one.logprobs, logp[len(one.prompt_ids) - 1 :].numpy(), atol=2e-5)


@pytest.mark.parametrize("name", CONFIGS)
def test_a_cache_too_small_for_all_gives_the_same_answers_to_the_last_bit(name: str) -> None:
    """The youngest give way, are read again and say again what they had said."""
    model = make_model(CONFIGS[name])
    kinds = (
        SamplingParams(temperature=1.0, max_tokens=70, seed=5, n=2),
        SamplingParams(temperature=1.0, max_tokens=90, seed=6, frequency_penalty=0.5, top_logprobs=2),
    )
    requests = [(prompt, kinds[i % 2]) for i, prompt in enumerate(make_prompts(10))]
    roomy = run(Engine(model, ()), requests)
    tight_engine = Engine(model, (), max_length=192, max_running=6, cache_bytes=1)
    paused = []
    pause = tight_engine.scheduler._pause
    tight_engine.scheduler._pause = lambda some: (paused.extend(some), pause(some))[1]  # type: ignore[method-assign]
    tight = run(tight_engine, requests)
    assert len(paused) > 4
    for mine, expected in zip(tight, roomy, strict=True):
        assert [one.ids for one in mine] == [one.ids for one in expected]
        assert [one.logprobs for one in mine] == [one.logprobs for one in expected]
        assert [one.tops for one in mine] == [one.tops for one in expected]
    scheduler = tight_engine.scheduler
    assert scheduler.pages.num_free == scheduler.pages.num_pages and len(scheduler.running.free) == 6


@pytest.mark.parametrize("num_steps", [0, 1, 2, 5, 40])
def test_a_completion_is_finished_or_aborted_wherever_it_is(num_steps: int) -> None:
    """Waiting, read, running or paused: it is told once, and everybody else goes on as if nothing was."""
    model = make_model(GROUPED)
    params = SamplingParams(temperature=1.0, max_tokens=60, seed=4, n=2)
    prompts = make_prompts(6)
    expected = run(Engine(model, (), max_length=128), [(prompt, params) for prompt in prompts])
    for what in ("finish", "abort"):
        engine = Engine(model, (), max_length=128, max_running=4, cache_bytes=1)
        engine._prefill_tokens = 16
        numbers = [engine.add(prompt, params, seed=0) for prompt in prompts]
        done = []
        for _ in range(num_steps):
            done += engine.step().finished
        for number in (numbers[1], numbers[4]):
            told = engine.finish(number, 1) if what == "finish" else engine.abort(number)
            done += told.finished
            done += engine.finish(number, 1).finished
        while not engine.is_idle:
            done += engine.step().finished
        assert sorted((one.request, one.index) for one in done) == [(n, i) for n in numbers for i in (0, 1)]
        for one in done:
            whole = expected[numbers.index(one.request)][one.index]
            assert one.ids == whole.ids[: len(one.ids)]
            is_cut = one.request in (numbers[1], numbers[4]) and (one.index == 1 or what == "abort")
            assert is_cut or one.ids == whole.ids
        scheduler = engine.scheduler
        assert scheduler.pages.num_free == scheduler.pages.num_pages and len(scheduler.running.free) == 4
        assert not scheduler.waiting and not scheduler.paused and not scheduler.reading


def test_the_context_is_what_the_cache_holds_unless_it_is_asked_for() -> None:
    model = make_model(GROUPED)
    page_bytes = 16 * 2 * 2 * 16 * 2 * 4
    assert Engine(model, ()).max_length == 256
    assert Engine(model, (), cache_bytes=3 * page_bytes).max_length == 48
    assert Engine(model, (), max_length=200, cache_bytes=3 * page_bytes).max_length == 200
    small = Engine(model, (), cache_bytes=3 * page_bytes)
    with pytest.raises(RequestError, match="holds 48"):
        small.add(tuple(range(3, 53)), SamplingParams(), seed=0)
    ((done,),) = run(small, [(tuple(range(3, 33)), SamplingParams(max_tokens=100))])
    assert len(done.ids) == 18 and done.finish_reason == "length"


def long_prompts(count: int, longest: int) -> list[tuple[int, ...]]:
    """Every other one begins like the one before it, up to some place."""
    random = np.random.default_rng(3)
    prompts: list[tuple[int, ...]] = []
    for number in range(count):
        ids = tuple(random.integers(3, 96, random.integers(20, longest)).tolist())
        if number % 2:
            before = prompts[-1]
            ids = before[: int(random.integers(1, len(before)))] + ids[: longest // 2]
        prompts.append(ids)
    return prompts


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_pieces_and_remembered_beginnings_change_no_bit(name: str, dtype: str) -> None:
    """A prompt read at once, in pieces of any size, or from the cache: the same answers, to the last bit."""
    model = make_model(CONFIGS[name].model_copy(update={"context_length": 2048}), DTYPES[dtype])
    params = SamplingParams(temperature=1.0, max_tokens=6, seed=9, n=2)
    prompts = long_prompts(4, 1100)
    alone = []
    for prompt in prompts:
        engine = Engine(model, ())
        engine._prefill_tokens = 4096
        alone += run(engine, [(prompt, params)])
    for size in (48, 4096):
        engine = Engine(model, ())
        engine._prefill_tokens = size
        one_by_one = [run(engine, [(prompt, params)])[0] for prompt in prompts]
        assert [one[0].num_cached > 0 for one in one_by_one] == [False, True] * 2
        again = run(engine, [(prompt, params) for prompt in prompts])
        assert all(
            one[0].num_cached == (len(p) - 1) // 16 * 16 for one, p in zip(again, prompts, strict=True)
        )
        for found in (one_by_one, again):
            for mine, expected in zip(found, alone, strict=True):
                assert [one.ids for one in mine] == [one.ids for one in expected]
                assert [one.logprobs for one in mine] == [one.logprobs for one in expected]


def test_reading_and_answering_take_turns() -> None:
    engine = Engine(make_model(GROUPED), ())
    engine._prefill_tokens = 16
    engine.add((5, 6, 7), SamplingParams(max_tokens=30), seed=0, is_streamed=True)
    engine.step()
    engine.add(tuple(range(3, 83)), SamplingParams(max_tokens=4), seed=0, is_streamed=True)
    steps = [[token.request for token in engine.step().tokens] for _ in range(12)]
    assert [token for tokens in steps for token in tokens].count(0) >= 5
    assert not any(a == b == [] for a, b in pairwise(steps))
    assert [1] in steps[:12] or [0, 1] in steps[:12]


def test_other_weights_find_no_beginning_of_the_old_ones() -> None:
    model = make_model(GROUPED)
    engine = Engine(model, ())
    prompt, params = tuple(range(3, 60)), SamplingParams(temperature=0, max_tokens=5)
    assert run(engine, [(prompt, params)])[0][0].num_cached == 0
    assert run(engine, [(prompt, params)])[0][0].num_cached == 48
    with torch.no_grad():
        model.embedding.weight.mul_(1.1)
    ((changed,),) = run(engine, [(prompt, params)])
    assert changed.num_cached == 0
    assert list(changed.ids) == greedy_twin(model, prompt, 5)[0]


def test_a_request_that_is_still_read_can_be_aborted() -> None:
    engine = Engine(make_model(GROUPED), ())
    engine._prefill_tokens = 16
    num_free = engine.scheduler.pages.num_free
    number = engine.add(tuple(range(3, 83)), SamplingParams(max_tokens=4, n=2), seed=0)
    engine.step()
    engine.step()
    assert [one.ids for one in engine.abort(number).finished] == [(), ()]
    assert engine.is_idle and engine.scheduler.pages.num_free == num_free
    assert not engine.scheduler.reading and sorted(engine.scheduler.running.free) == list(range(512))
    # What was read is not lost.
    assert run(engine, [(tuple(range(3, 83)), SamplingParams(max_tokens=1))])[0][0].num_cached == 32


def test_pages_and_rows_come_back_when_requests_end_or_are_aborted() -> None:
    engine = Engine(make_model(LATENT), (1,))
    num_free = engine.scheduler.pages.num_free
    params = SamplingParams(max_tokens=50, n=3, ignore_eos=True)
    numbers = [engine.add(prompt, params, seed=0) for prompt in make_prompts(10)]
    engine.step()
    engine.step()
    aborted = engine.abort(numbers[0]).finished
    assert [one.finish_reason for one in aborted] == ["abort"] * 3 and all(
        len(one.ids) == 2 for one in aborted
    )
    assert engine.finish(numbers[1], 2).finished[0].finish_reason == "stop"
    while not engine.is_idle:
        engine.step()
    assert engine.scheduler.pages.num_free == num_free
    assert sorted(engine.scheduler.running.free) == list(range(512))


def test_stop_ids_end_and_ignore_eos_goes_on() -> None:
    model = make_model(LATENT)
    prompt = make_prompts(1)[0]
    ids, _ = greedy_twin(model, prompt, 12)
    stop = ids[5]
    first = ids.index(stop)
    greedy = {"temperature": 0, "max_tokens": 12}
    ((by_end,),) = run(Engine(model, (stop,)), [(prompt, SamplingParams(**greedy))])
    ((by_id,),) = run(Engine(model, ()), [(prompt, SamplingParams(**greedy, stop_ids=(stop,)))])
    ((ignored,),) = run(Engine(model, (stop,)), [(prompt, SamplingParams(**greedy, ignore_eos=True))])
    assert by_end.ids == by_id.ids == tuple(ids[: first + 1])
    assert by_end.finish_reason == by_id.finish_reason == "stop"
    assert ignored.ids == tuple(ids) and ignored.finish_reason == "length"


def test_the_context_ends_a_completion_and_refuses_a_prompt_that_fills_it() -> None:
    engine = Engine(make_model(LATENT), (), max_length=64)
    ((done,),) = run(engine, [(tuple(range(3, 63)), SamplingParams(max_tokens=50))])
    assert len(done.ids) == 4 and done.finish_reason == "length"
    with pytest.raises(RequestError, match="64 tokens, and the context holds 64"):
        engine.add(tuple(range(64)), SamplingParams(), seed=0)
    with pytest.raises(RequestError, match="outside 0 to 95"):
        engine.add((96,), SamplingParams(), seed=0)
    with pytest.raises(RequestError, match="empty"):
        engine.add((), SamplingParams(), seed=0)
    with pytest.raises(RequestError, match="completions"):
        engine.add((5,), SamplingParams(n=600), seed=0)
