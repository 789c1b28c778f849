"""PyTorch peer of bench/cases/equivariant_adaptation.ts."""

import torch
import torch.nn as nn
import torch.nn.functional as F
from _serve import serve
from _training import training

torch.set_num_threads(1)
torch.manual_seed(0)

POSES, BATCHES = 4, 2


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


serve({"canonicalizer": canonicalizer})
