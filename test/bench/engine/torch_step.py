"""The LoRA step of loraStep.ts by hand in PyTorch, timed whenever a line arrives: SmolLM2-135M shape, rank 16, batch 4 x 256.

Usage: torch_step.py float32|bf16
"""
import json
import resource
import sys
import time

import torch
import torch.nn.functional as F

HIDDEN, FFN, LAYERS, HEADS, KV, D, VOCAB, RANK, ROWS, LENGTH = 576, 1536, 30, 9, 3, 64, 49152, 16, 4, 256
BF16 = sys.argv[1] == "bf16"
torch.manual_seed(1)
torch.set_num_threads(int(sys.argv[2]))

SHAPES = {"q": (HEADS * D, HIDDEN), "k": (KV * D, HIDDEN), "v": (KV * D, HIDDEN), "o": (HIDDEN, HEADS * D),
          "gate": (FFN, HIDDEN), "up": (FFN, HIDDEN), "down": (HIDDEN, FFN)}
weights = [{name: torch.randn(shape) * 0.02 for name, shape in SHAPES.items()} for _ in range(LAYERS)]
norms = [(torch.ones(HIDDEN), torch.ones(HIDDEN)) for _ in range(LAYERS)]
final_norm = torch.ones(HIDDEN)
embedding = torch.randn(VOCAB, HIDDEN) * 0.02
adapters = [{name: (torch.nn.Parameter((torch.rand(RANK, i) * 2 - 1) / i ** 0.5), torch.nn.Parameter(torch.zeros(o, RANK)))
             for name, (o, i) in SHAPES.items()} for _ in range(LAYERS)]
parameters = [tensor for layer in adapters for pair in layer.values() for tensor in pair]
optimizer = torch.optim.AdamW(parameters, lr=1e-4, weight_decay=0.01)
angles = torch.arange(LENGTH)[:, None] * (100000.0 ** (-torch.arange(D // 2) / (D // 2)))[None, :]
COS, SIN = torch.cat([angles.cos()] * 2, -1), torch.cat([angles.sin()] * 2, -1)
MASK = torch.full((LENGTH, LENGTH), float("-inf")).triu(1)
ids = torch.randint(0, VOCAB, (ROWS, LENGTH))


def norm(x, weight):
    x = x.float()
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * weight


def rotate(x):
    return x * COS + torch.cat([-x[..., D // 2:], x[..., :D // 2]], -1) * SIN


def linear(x, layer, name):
    a, b = adapters[layer][name]
    return F.linear(x, weights[layer][name]) + 2.0 * F.linear(F.linear(x, a), b)


def attend(q, k, v):
    if hasattr(F, "scaled_dot_product_attention"):
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)
    return torch.softmax(q @ k.transpose(-1, -2) / D ** 0.5 + MASK, -1) @ v


def loss():
    x = embedding[ids]
    for layer in range(LAYERS):
        h = norm(x, norms[layer][0])
        q, k, v = (linear(h, layer, n).view(ROWS, LENGTH, -1, D).transpose(1, 2) for n in "qkv")
        q, k = rotate(q), rotate(k)
        k, v = (t.repeat_interleave(HEADS // KV, 1) for t in (k, v))
        x = x + linear(attend(q, k, v.to(q.dtype)).transpose(1, 2).reshape(ROWS, LENGTH, HIDDEN), layer, "o")
        h = norm(x, norms[layer][1])
        x = x + linear(F.silu(linear(h, layer, "gate")) * linear(h, layer, "up"), layer, "down")
    logits = F.linear(norm(x, final_norm)[:, :-1], embedding)
    return F.cross_entropy(logits.reshape(-1, VOCAB).float(), ids[:, 1:].reshape(-1))


for line in sys.stdin:
    started = time.perf_counter()
    optimizer.zero_grad()
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=BF16):
        value = loss()
    value.backward()
    torch.nn.utils.clip_grad_norm_(parameters, 1.0)
    optimizer.step()
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "peakMemoryGB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9}), flush=True)
