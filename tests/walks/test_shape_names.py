"""The letters behind tensor names tell the truth, in training and in generation."""

from __future__ import annotations

import pytest
import torch

from tests.architecture.shapes import checked_shapes
from tests.oracles.small_models import DENSE, MIXTURE, random_model
from thinkling.engine.engine import Engine
from thinkling.models.attend import Causal
from thinkling.models.config import ModelConfig
from thinkling.objectives import balance, next_token
from thinkling.objectives.grpo import group_advantages, grpo_terms, k3, token_weights
from thinkling.objectives.logprobs import logprobs_and_entropy
from thinkling.records import SamplingParams

CONFIGS = {"mixture": MIXTURE, "dense": DENSE}


@pytest.mark.parametrize("name", CONFIGS)
def test_shape_names_hold_in_training(name: str) -> None:
    config: ModelConfig = CONFIGS[name]
    model = random_model(config, 0)
    ids_BS = torch.randint(0, config.vocab_size, (3, 16))
    attend = Causal([16] * 3)
    with checked_shapes() as wrong:
        hidden = model(ids_BS.flatten(), torch.arange(16).repeat(3), attend)
        targets_T, is_target_T = next_token.targets_ahead(ids_BS, 1, pad_id=2)
        logits_TV = model.logits(hidden.states_TD)
        loss = (next_token.next_token_terms(logits_TV, targets_T) * is_target_T).sum()
        if model.mtp is not None:
            states_TD, _ = model.look_ahead(hidden, targets_T, attend)
            loss = loss + model.logits(states_TD).sum()
        for routing in hidden.routings:
            num_active, sequence_T = routing.experts_TA.shape[1], torch.arange(3).repeat_interleave(16)
            loss = loss + balance.sequence_balance_loss(routing.scores_TE, num_active, sequence_T, 3)
            balance.bias_step(balance.expert_load(routing.experts_TA, routing.scores_TE.shape[1]), 0.1)
        logp_T, _ = logprobs_and_entropy(logits_TV, targets_T)
        advantage_PG = group_advantages(torch.rand(4, 12), torch.ones(4, 12, dtype=torch.bool), True)
        weight_T = token_weights(torch.arange(48), 48, "answer", 8)
        terms_T = grpo_terms(logp_T, logp_T.detach(), advantage_PG.flatten(), 0.2, 0.28)
        loss = loss + ((terms_T + k3(logp_T, logp_T.detach())) * weight_T).sum()
        torch.autograd.backward(loss)
    assert wrong == []


@pytest.mark.parametrize("name", CONFIGS)
def test_shape_names_hold_in_generation(name: str) -> None:
    config: ModelConfig = CONFIGS[name]
    engine = Engine(random_model(config, 0), ())
    kinds = (SamplingParams(max_tokens=6, n=2), SamplingParams(max_tokens=9, top_p=0.9, temperature=0.7))
    with checked_shapes() as wrong:
        for number in range(5):
            engine.add(tuple(range(3, 6 + number)), kinds[number % 2], seed=number)
        while not engine.is_idle:
            engine.step()
    assert wrong == []
