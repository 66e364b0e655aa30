"""Plays llama.cpp's convert_lora_to_gguf.py: takes its arguments, writes a real GGUF adapter.

It is copied into a folder that looks like a checkout. What it does wrong is told by the environment
variable STAND_IN: `scale` copies alpha without a look at rsLoRA, `lost` leaves a tensor out,
`damaged` changes a weight, `fails:TEXT` ends with a traceback's last line, `hangs` never ends.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from pathlib import Path

NAMES = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--outtype", required=True)
    parser.add_argument("--outfile", type=Path, required=True)
    parser.add_argument("adapter", type=Path)
    given = parser.parse_args()
    fault = os.environ.get("STAND_IN", "")
    print("INFO:stand-in:on stdout, which is not the caller's", flush=True)
    if fault == "hangs":
        given.outfile.write_bytes(b"half")
        print(f"ready {os.getpid()}", file=sys.stderr, flush=True)
        threading.Event().wait()
    if fault.startswith("fails:"):
        print(f"Traceback (most recent call last):\n{fault[6:]}", file=sys.stderr)
        return 1
    write(given.adapter, given.outfile, fault)
    print("Writing:  50%|#####     |\rWriting: 100%|##########|", file=sys.stderr)
    return 0


def write(adapter: Path, outfile: Path, fault: str) -> None:
    import gguf
    from safetensors.numpy import load_file

    config = json.loads((adapter / "adapter_config.json").read_text("utf-8"))
    writer = gguf.GGUFWriter(str(outfile), "llama")
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    alpha = 16.0 if fault == "scale" else float(config["lora_alpha"])
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, alpha)
    tensors = load_file(adapter / "adapter_model.safetensors")
    for index, (name, tensor) in enumerate(sorted(tensors.items())):
        layer, module, part = split(name)
        if fault == "lost" and index == 3:
            continue
        values = tensor.astype("float16")
        if fault == "damaged" and index == 5:
            values[0, 0] += 1
        writer.add_tensor(f"blk.{layer}.{NAMES[module]}.weight.{part}", values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def split(name: str) -> tuple[str, str, str]:
    """layer, module, lora_a or lora_b of base_model.model.model.layers.N.MODULE.lora_A.weight"""
    layer, rest = name.split(".layers.")[1].split(".", 1)
    module, part = rest.removesuffix(".weight").rsplit(".", 1)
    return layer, module, part.lower()


if __name__ == "__main__":
    sys.exit(main())
