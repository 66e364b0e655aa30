"""Base models made on the spot: the shape of a known model, and weights that are nobody's.

small       SmolLM2-135M at half its width: 30 layers, hidden 288, 9 query and 3 key heads, and a
            vocabulary of 24,576, so that the output head has the same share of the work (a fifth)
            as there. 33 million parameters. Its weights are trained for a short while on rows that
            the benchmark does not use otherwise: a purely random model hardly learns by LoRA, and
            two trainers that learn nothing would always agree.
llama-1b    Llama-3.2-1B, llama-8b: Llama-3.1-8B, random weights in bf16: for the GPU, where only
            speed and memory are looked at.
tiny        for checking this program itself.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Shape:
    vocabulary: int
    width: int
    inner: int
    layers: int
    heads: int
    key_heads: int
    is_tied: bool
    pretraining_steps: int
    rope_theta: float = 10_000.0

    def flops_per_token(self, sequence_tokens: int, *, is_checkpointed: bool) -> float:
        """Multiply-adds count two. Forward and the gradient of the activations: 4 a weight, or 6
        when the forward is run again; the frozen weights' own gradients are not needed. Causal
        attention: half of the square, and its gradient costs twice its forward."""
        head = self.width // self.heads
        attention = self.width * (2 * self.heads + 2 * self.key_heads) * head
        weights = self.layers * (attention + 3 * self.width * self.inner)
        weights += self.vocabulary * self.width
        squares = 2 * sequence_tokens * self.heads * head * self.layers
        return (6 if is_checkpointed else 4) * weights + (4 if is_checkpointed else 3) * squares


SHAPES = {
    "tiny": Shape(
        vocabulary=2048, width=64, inner=192, layers=2, heads=4, key_heads=2, is_tied=True,
        pretraining_steps=20,
    ),
    "small": Shape(
        vocabulary=24_576, width=288, inner=768, layers=30, heads=9, key_heads=3, is_tied=True,
        pretraining_steps=60,
    ),
    "llama-1b": Shape(
        vocabulary=128_256, width=2048, inner=8192, layers=16, heads=32, key_heads=8, is_tied=True,
        pretraining_steps=0, rope_theta=500_000.0,
    ),
    "llama-8b": Shape(
        vocabulary=128_256, width=4096, inner=14_336, layers=32, heads=32, key_heads=8,
        is_tied=False, pretraining_steps=0, rope_theta=500_000.0,
    ),
}
