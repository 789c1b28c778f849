"""PyTorch peer of bench/cases/pinn.ts: nested autograd."""

import math

import torch
import torch.nn as nn
from _serve import serve

torch.set_num_threads(1)
torch.manual_seed(0)

HIDDEN, NU = 3, 0.01


def pinn_step(width, points):
    sizes = [2] + [width] * HIDDEN
    hidden = [layer for a, b in zip(sizes, sizes[1:]) for layer in (nn.Linear(a, b), nn.Tanh())]
    network = nn.Sequential(*hidden, nn.Linear(width, 1))
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)

    def run(repeats):
        total = 0.0
        for _ in range(repeats):
            x, t = (torch.rand(points, 1, requires_grad=True) for _ in range(2))
            u = network(torch.cat([x, t], 1))
            u_x, u_t = torch.autograd.grad(u.sum(), (x, t), create_graph=True)
            (u_xx,) = torch.autograd.grad(u_x.sum(), x, create_graph=True)
            loss = ((u_t - NU * u_xx) ** 2).mean()
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            total += loss.item()
        assert math.isfinite(total)

    return run


serve({"pinn-step": pinn_step})
