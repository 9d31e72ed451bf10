"""Fields of a config.json: those a family reads, and those that never change what a model weighs."""

from __future__ import annotations

_OUTER = frozenset(
    {
        *("model_type", "vocab_size", "hidden_size", "num_hidden_layers", "rms_norm_eps", "hidden_act"),
        *("tie_word_embeddings", "max_position_embeddings", "rope_theta", "rope_scaling", "rope_parameters"),
        *("num_attention_heads", "num_key_value_heads", "intermediate_size", "attention_bias"),
    }
)
_DENSE = _OUTER | {"head_dim", "mlp_bias", "use_sliding_window", "use_mrope"}
_LATENT = _OUTER | {
    *("q_lora_rank", "kv_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim"),
    *("n_routed_experts", "num_experts_per_tok", "n_shared_experts", "moe_intermediate_size", "n_group"),
    *("topk_group", "norm_topk_prob", "routed_scaling_factor", "first_k_dense_replace", "moe_layer_freq"),
    *("num_nextn_predict_layers", "scoring_func", "topk_method", "rope_interleave", "mlp_bias"),
    *("head_dim", "qk_head_dim"),
}

READ: dict[str, frozenset[str]] = {
    "llama": _DENSE,
    "qwen2": _DENSE,
    "qwen3": _DENSE,
    "deepseek_v2": _LATENT,
    "deepseek_v3": _LATENT,
}

HARMLESS = frozenset(
    {
        # Whose file it is, and how it is loaded.
        *("architectures", "auto_map", "transformers_version", "torch_dtype", "dtype", "quantization_config"),
        *("use_cache", "output_attentions", "output_hidden_states", "return_dict"),
        *("torchscript", "tf_legacy_loss", "use_bfloat16", "chunk_size_feed_forward", "task_specific_params"),
        # Tokens.
        *("bos_token_id", "eos_token_id", "pad_token_id", "unk_token_id", "sep_token_id"),
        *("decoder_start_token_id", "tokenizer_class", "prefix", "finetuning_task", "problem_type"),
        # Training.
        *("initializer_range", "attention_dropout", "hidden_dropout", "resid_pdrop", "aux_loss_alpha"),
        *("seq_aux", "router_aux_loss_coef", "output_router_logits", "pretraining_tp", "ep_size"),
        # Windows and layer lists, which the families refuse by value where they are switched on.
        *("sliding_window", "max_window_layers", "layer_types", "cross_attention_hidden_size"),
        *("is_decoder", "is_encoder_decoder", "add_cross_attention", "tie_encoder_decoder", "pruned_heads"),
        *("id2label", "label2id", "num_labels"),
    }
)
