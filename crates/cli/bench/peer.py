"""What `weft bench diffusion` compares with: Stable Diffusion drawn by diffusers on the CPU.

    pip install torch diffusers transformers safetensors
    python peer.py versions                    those of the packages
    python peer.py make FOLDER               a model of the sizes of Stable Diffusion 1.5 with random weights
    python peer.py draw FOLDER SIZE STEPS NUMBERS IDS GUIDANCE

`FOLDER` is as diffusers keeps it. `draw` makes one picture of `SIZE` pixels a side in `STEPS` steps, with weights and
operands of `NUMBERS`, float32 or bfloat16, from a text and an empty one of `IDS`, tokens of both as JSON. It prints
one line of JSON: `steps`, the seconds of each but the first; `peak`, the most memory that the process took, in bytes.
"""

import json
import resource
import sys
import time
from pathlib import Path

import diffusers
import torch
from diffusers import AutoencoderKL, DPMSolverMultistepScheduler, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel


def make(folder):
    """Random weights of the published sizes, in f16 as published files have them."""
    torch.manual_seed(0)
    unet = UNet2DConditionModel(
        sample_size=64, attention_head_dim=8, cross_attention_dim=768, block_out_channels=(320, 640, 1280, 1280),
    )
    vae = AutoencoderKL(
        block_out_channels=(128, 256, 512, 512), down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4, layers_per_block=2, sample_size=512,
    )
    text = CLIPTextModel(CLIPTextConfig(
        vocab_size=49408, hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12,
        projection_dim=768, hidden_act="quick_gelu", eos_token_id=2,
    ))
    scheduler = DPMSolverMultistepScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
    for name, part in {"unet": unet, "vae": vae, "text_encoder": text}.items():
        part.half().save_pretrained(folder / name)
    scheduler.save_pretrained(folder / "scheduler")
    index = {
        "_class_name": "StableDiffusionPipeline", "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", "AutoencoderKL"], "text_encoder": ["transformers", "CLIPTextModel"],
        "scheduler": ["diffusers", "DPMSolverMultistepScheduler"],
    }
    (folder / "model_index.json").write_text(json.dumps(index, indent=2))


@torch.no_grad()
def draw(folder, size, steps, numbers, ids, guidance):
    numbers = getattr(torch, numbers)
    text = CLIPTextModel.from_pretrained(folder / "text_encoder", dtype=numbers).eval()
    unet = UNet2DConditionModel.from_pretrained(folder / "unet", torch_dtype=numbers).eval()
    vae = AutoencoderKL.from_pretrained(folder / "vae", torch_dtype=numbers).eval()
    scheduler = DPMSolverMultistepScheduler.from_pretrained(folder / "scheduler", use_karras_sigmas=True)

    context = text(torch.tensor(ids)).last_hidden_state
    scheduler.set_timesteps(steps)
    latents = torch.randn(1, unet.config.in_channels, size // 8, size // 8).to(numbers) * scheduler.init_noise_sigma
    seconds, last = [], time.perf_counter()
    for moment in scheduler.timesteps:
        both = scheduler.scale_model_input(torch.cat([latents] * 2), moment)
        with_text, without = unet(both, moment, encoder_hidden_states=context).sample.chunk(2)
        latents = scheduler.step(without + guidance * (with_text - without), moment, latents).prev_sample
        seconds.append(time.perf_counter() - last)
        last = time.perf_counter()
    picture = vae.decode(latents / vae.config.scaling_factor).sample
    picture = (picture / 2 + 0.5).clamp(0, 1).float().permute(0, 2, 3, 1).numpy()
    assert picture.shape == (1, size, size, 3)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(json.dumps({"steps": seconds[1:], "peak": peak}))


def main():
    verb, *rest = sys.argv[1:]
    if verb == "versions":
        print(f"diffusers {diffusers.__version__}, torch {torch.__version__}")
    elif verb == "make":
        make(Path(*rest))
    else:
        folder, size, steps, numbers, ids, guidance = rest
        draw(Path(folder), int(size), int(steps), numbers, json.loads(ids), float(guidance))


main()
