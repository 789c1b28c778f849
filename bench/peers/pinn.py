"""PyTorch peer of bench/cases/pinn.ts: nested automatic differentiation."""

import torch
import torch.nn as nn
from _serve import serve
from _training import training
from torch.autograd import grad

torch.set_num_threads(1)
torch.manual_seed(0)

INPUTS, HIDDEN, BATCHES = 2, 3, 16


def pinn_step(width, points):
    sizes = [INPUTS] + [width] * HIDDEN
    hidden = [layer for a, b in zip(sizes, sizes[1:]) for layer in (nn.Linear(a, b), nn.Tanh())]
    network = nn.Sequential(*hidden, nn.Linear(width, 1))
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
    rows = BATCHES * points
    data = torch.rand(rows, INPUTS) * 2 - 1

    def loss_of(chosen):
        x = data[chosen].requires_grad_()
        (gradient,) = grad(network(x).sum(), x, create_graph=True)
        (second,) = grad(gradient[:, 1].sum(), x, create_graph=True)
        return (gradient[:, 0] - second[:, 1]).square().mean()

    return training(optimiser, loss_of, rows, points)


serve({"pinn-step": pinn_step})
