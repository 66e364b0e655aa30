"""torch.compile of what a step spends its time in: the decoder, LoRA layers included."""

from __future__ import annotations

from .model import AdaptedModel


def compile_decoder(model: AdaptedModel) -> None:
    """Compiled at its first call, in place. Batches differ in length, so shapes are left open."""
    if hasattr(model.causal, "get_decoder"):
        model.causal.get_decoder().compile(dynamic=True)


def undo_compilation(model: AdaptedModel) -> None:
    if hasattr(model.causal, "get_decoder"):
        model.causal.get_decoder()._compiled_call_impl = None
