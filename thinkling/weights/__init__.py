"""Model folders on disk: standard Hugging Face safetensors, read and written one tensor at a time."""
