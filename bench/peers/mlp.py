"""PyTorch peer of bench/cases/mlp.ts."""

import torch
import torch.nn as nn
import torch.nn.functional as F
from _serve import serve
from _training import training

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

    def loss_of(chosen):
        return F.mse_loss(network(x[chosen]), y[chosen])

    return training(optimiser, loss_of, rows, batch)


serve({"mlp-step": mlp_step})
