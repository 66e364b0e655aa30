"""`python -m lora_trainer.exports`: a trained adapter in the forms that other programs take.

Each form is one file: merged.py, gguf.py, ollama.py, vllm.py. What is written is written beside the
target, read back and compared with base model + adapter, and only then takes the target's place.
"""
