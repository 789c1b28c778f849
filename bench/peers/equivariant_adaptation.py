"""PyTorch peers of bench/cases/equivariant_adaptation.ts."""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from _serve import serve
from _training import training

torch.set_num_threads(1)
torch.manual_seed(0)

POSES, TURNS, BATCHES = 4, 8, 2


class Block(nn.Module):
    """Two convolutions and a shortcut without parameters."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.grows = inputs != outputs
        self.first = nn.Conv2d(inputs, outputs, 3, 2 if self.grows else 1, 1)
        self.second = nn.Conv2d(outputs, outputs, 3, 1, 1)
        self.pad = (outputs - inputs) // 2

    def forward(self, x):
        y = self.second(F.relu(self.first(x)))
        if self.grows:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.pad, self.pad))
        return F.relu(x + y)


class Late(nn.Module):
    """The last stage, whose copies of an image vote on its pose."""

    def __init__(self, inputs, blocks):
        super().__init__()
        outputs = 2 * inputs
        self.stage = nn.Sequential(*[Block(inputs if i == 0 else outputs, outputs) for i in range(blocks)])
        self.head = nn.Linear(outputs, POSES)
        counts = torch.zeros(POSES, POSES, POSES)
        for h in range(POSES):
            for g in range(POSES):
                counts[h, (g - h) % POSES, g] = 1
        self.register_buffer("counts", counts.view(POSES * POSES, POSES))

    def forward(self, x):
        votes = self.head(self.stage(x).mean((2, 3))).view(POSES, -1, POSES)
        return votes.transpose(0, 1).reshape(-1, POSES * POSES) @ self.counts


def canonicalizer(batch, side, inputs, blocks):
    network = Late(inputs, blocks)
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
    rows = BATCHES * batch
    data = torch.randn(rows, POSES, inputs, side, side)
    upright = torch.zeros(batch, dtype=torch.long)

    def loss_of(chosen):
        return F.cross_entropy(network(data[chosen].transpose(0, 1).flatten(0, 1)), upright)

    return training(optimiser, loss_of, rows, batch)


class Digits(nn.Module):
    """A perceptron that sees all turned copies of a digit, and votes on its pose."""

    def __init__(self, batch, hidden):
        super().__init__()
        self.votes = nn.Sequential(nn.Linear(28 * 28, hidden), nn.ReLU(), nn.Linear(hidden, TURNS))
        grids = []
        for g in range(TURNS):
            angle = -2 * math.pi * g / TURNS
            matrix = torch.tensor([[math.cos(angle), -math.sin(angle), 0.0], [math.sin(angle), math.cos(angle), 0.0]])
            grids.append(F.affine_grid(matrix.expand(batch, 2, 3), (batch, 1, 28, 28), align_corners=True))
        self.register_buffer("grids", torch.cat(grids))
        counts = torch.zeros(TURNS, TURNS, TURNS)
        for h in range(TURNS):
            for g in range(TURNS):
                counts[h, (g - h) % TURNS, g] = 1
        self.register_buffer("counts", counts.view(TURNS * TURNS, TURNS))

    def forward(self, x):
        copies = F.grid_sample(x.repeat(TURNS, 1, 1, 1), self.grids, padding_mode="border", align_corners=True)
        votes = self.votes(copies.flatten(1)).view(TURNS, -1, TURNS)
        return votes.transpose(0, 1).reshape(-1, TURNS * TURNS) @ self.counts


def digits(batch, hidden):
    network = Digits(batch, hidden)
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
    rows = BATCHES * batch
    data = torch.rand(rows, 1, 28, 28)
    upright = torch.zeros(batch, dtype=torch.long)

    def loss_of(chosen):
        return F.cross_entropy(network(data[chosen]), upright)

    return training(optimiser, loss_of, rows, batch)


serve({"canonicalizer": canonicalizer, "digits": digits})
