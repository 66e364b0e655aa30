"""Run by test_sharding.py in two processes: a sharded model beside a whole one."""

from __future__ import annotations

import copy
import json
import sys
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model, get_peft_model_state_dict
from torch.distributed.tensor import DTensor
from transformers import LlamaConfig, LlamaForCausalLM

from lora_trainer.device import Device
from lora_trainer.sharding import shard_frozen
from lora_trainer.world import open_world


def main() -> None:
    world = open_world("cpu")
    torch.manual_seed(5)
    # 47 rows make no two equal parts.
    config = LlamaConfig(
        hidden_size=32,
        intermediate_size=47,
        num_hidden_layers=3,
        num_attention_heads=4,
        num_key_value_heads=2,
        vocab_size=64,
        tie_word_embeddings=True,
    )
    lora = LoraConfig(r=4, target_modules="all-linear", use_dora=True, task_type="CAUSAL_LM")
    whole = get_peft_model(LlamaForCausalLM(config), lora)
    for name, parameter in whole.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.1)
    sharded = copy.deepcopy(whole)
    device = Device(torch_device=torch.device("cpu"), name="CPU", precision="fp32")
    shard_frozen(sharded, sharded.get_base_model(), device, world)
    ids = torch.arange(40).reshape(2, 20) + world.rank
    losses = []
    for model in (whole, sharded):
        loss = model(input_ids=ids, labels=ids, use_cache=False).loss
        loss.backward()
        losses.append(float(loss.detach()))
    trained = [[p for p in m.parameters() if p.requires_grad] for m in (whole, sharded)]
    gaps = [float((a.grad - b.grad).abs().max()) for a, b in zip(*trained, strict=True)]
    saved = [get_peft_model_state_dict(model) for model in (whole, sharded)]
    found = {
        "losses": losses,
        "gap": max(gaps),
        "is_trained_whole": not any(isinstance(p, DTensor) for p in trained[1]),
        "is_adapter_same": all(torch.equal(saved[0][name], saved[1][name]) for name in saved[0])
        and set(saved[0]) == set(saved[1]),
        "kept": {
            name: [p.to_local().numel(), p.numel()]
            for name, p in sharded.named_parameters()
            if isinstance(p, DTensor)
        },
        "frozen_in_layers": sum(
            ".layers." in name and not p.requires_grad for name, p in whole.named_parameters()
        ),
    }
    (Path(sys.argv[1]) / f"{world.rank}.json").write_text(json.dumps(found))
    world.barrier()
    world.close()


if __name__ == "__main__":
    main()
