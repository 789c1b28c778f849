"""PyTorch peer of bench/cases/weight_sharing.ts: steps of the network on the torus, with the prox or without.

The prox sorts and then merges all neighbours that collide, round by round, until none does (ImminentCollisions): what is
fast with tensors, and needs few rounds here.
"""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from _serve import serve

torch.set_num_threads(1)
torch.manual_seed(0)

PLACES, CLASSES, BATCHES, LEARNING_RATE, SHARING = 49, 10, 8, 0.1, 3e-4


class Torus(nn.Module):
    def __init__(self, channels):
        super().__init__()
        sizes = [PLACES * count for count in [1] + channels]
        self.channels = channels
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        self.norms = nn.ModuleList(nn.BatchNorm1d(size) for size in sizes[1:])
        self.output = nn.Linear(channels[-1], CLASSES)

    def forward(self, x):
        for layer, norm in zip(self.layers, self.norms):
            x = F.relu(norm(layer(x)))
        return self.output(x.view(len(x), PLACES, self.channels[-1]).mean(1))


@torch.no_grad()
def prox(weights, alpha):
    flat = weights.view(-1)
    d = len(flat)
    x, order = flat.double().sort()
    z = x + alpha * (d - 1 - 2 * torch.arange(d)) / (d - 1)
    cluster, mass = torch.arange(d), torch.ones(d, dtype=torch.double)
    while True:
        group = F.pad((z[1:] > z[:-1]).long().cumsum(0), (1, 0))
        count = int(group[-1]) + 1
        if count == len(z):
            break
        total = torch.zeros(count, dtype=torch.double)
        moment = total.index_add(0, group, z * mass)
        mass = total.index_add(0, group, mass)
        z, cluster = moment / mass, group[cluster]
    flat[order] = z[cluster].float()


def torus_step(channels, batch, penalised):
    network = Torus([int(count) for count in channels.split(",")])
    optimiser = torch.optim.SGD(network.parameters(), lr=LEARNING_RATE)
    rows = BATCHES * batch
    x, y = torch.randn(rows, PLACES), torch.arange(rows) % CLASSES
    order, at = torch.randperm(rows), 0

    def run(repeats):
        nonlocal order, at
        total = 0.0
        for _ in range(repeats):
            if at == rows:
                order, at = torch.randperm(rows), 0
            chosen = order[at:at + batch]
            at += batch
            loss = F.cross_entropy(network(x[chosen]), y[chosen])
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            if penalised:
                for layer in network.layers:
                    prox(layer.weight, SHARING * LEARNING_RATE)
            total += loss.item()
        assert math.isfinite(total)

    return run


serve({"torus-step": torus_step})
