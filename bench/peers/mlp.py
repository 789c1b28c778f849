"""PyTorch peer of bench/cases/mlp.ts."""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from _serve import serve

torch.set_num_threads(1)
torch.manual_seed(0)

INPUTS, HIDDEN, BATCHES = 32, 3, 16


def mlp_step(width, batch):
    sizes = [INPUTS] + [width] * HIDDEN
    hidden = [layer for a, b in zip(sizes, sizes[1:]) for layer in (nn.Linear(a, b), nn.ReLU())]
    network = nn.Sequential(*hidden, nn.Linear(width, 1))
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
    rows = BATCHES * batch
    x, y = torch.randn(rows, INPUTS), torch.randn(rows, 1)
    order, at = torch.randperm(rows), 0

    def run(repeats):
        nonlocal order, at
        total = 0.0
        for _ in range(repeats):
            if at == rows:
                order, at = torch.randperm(rows), 0
            chosen = order[at:at + batch]
            at += batch
            loss = F.mse_loss(network(x[chosen]), y[chosen])
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            total += loss.item()
        assert math.isfinite(total)

    return run


serve({"mlp-step": mlp_step})
