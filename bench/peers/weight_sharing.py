"""PyTorch peer of bench/cases/weight_sharing.ts: steps of the network on the torus, with the prox or without.

The prox sorts and then merges all neighbours that collide, round by round, until none does (ImminentCollisions): what is
fast with tensors, and needs few rounds here.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F
from _serve import serve
from _training import training

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

    def loss_of(chosen):
        return F.cross_entropy(network(x[chosen]), y[chosen])

    def proximal_step():
        for layer in network.layers:
            prox(layer.weight, SHARING * LEARNING_RATE)

    return training(optimiser, loss_of, rows, batch, proximal_step if penalised else lambda: None)


serve({"torus-step": torus_step})
