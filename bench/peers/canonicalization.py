"""PyTorch peers of bench/cases/canonicalization.ts."""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from _serve import serve
from _training import training

torch.set_num_threads(1)
torch.manual_seed(0)

SIDE, CLASSES, BATCHES = 28, 10, 8
PLAN = [(3, 1, 0, 1), (3, 1, 0, 1), (5, 2, 1, 2), (3, 1, 0, 2), (3, 1, 0, 2), (5, 2, 1, 4)]


class Digits(nn.Module):
    """A CNN behind a canonicalizer over C4 whose filters are as large as the image."""

    def __init__(self, width):
        super().__init__()
        self.filters = nn.Parameter((torch.rand(16, SIDE, SIDE) * 2 - 1) / SIDE)
        self.bias = nn.Parameter(torch.zeros(16))
        layers, inputs = [], 1
        for size, stride, padding, factor in PLAN:
            layers += [nn.Conv2d(inputs, factor * width, size, stride, padding), nn.BatchNorm2d(factor * width), nn.ReLU()]
            inputs = factor * width
        self.network = nn.Sequential(*layers, nn.Flatten(), nn.Linear(9 * inputs, CLASSES))
        self.register_buffer("angles", torch.arange(4) * 90.0)

    def forward(self, x):
        template = self.filters.mean(0)
        copies = torch.stack([torch.rot90(template, k) for k in range(4)]).flatten(1)
        activations = x.flatten(1) @ copies.T + self.bias.mean()
        soft = activations.softmax(1)
        selected = F.one_hot(activations.argmax(1), 4) + (soft - soft.detach())
        radians = -(selected @ self.angles) * math.pi / 180
        c, s, zero = radians.cos(), radians.sin(), torch.zeros_like(radians)
        matrix = torch.stack([c, -s, zero, s, c, zero], 1).view(-1, 2, 3)
        grid = F.affine_grid(matrix, x.shape, align_corners=True)
        return self.network(F.grid_sample(x, grid, align_corners=True))


class VnBlock(nn.Module):
    """Vectors `[batch, ..., 3, channels]`: linear layer, batch normalisation of lengths, vector ReLU."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.linear = nn.Linear(inputs, outputs, bias=False)
        self.direction = nn.Linear(inputs, outputs, bias=False)
        self.norm = VnNorm(outputs)

    def forward(self, x):
        y, d = self.norm(self.linear(x)), self.direction(x)
        wrong = -F.relu(-(y * d).sum(-2, keepdim=True))
        return y - wrong / ((d * d).sum(-2, keepdim=True) + 1e-6) * d


class VnNorm(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.norm = nn.BatchNorm1d(channels)

    def forward(self, x):
        length = x.norm(dim=-2) + 1e-6
        scaled = self.norm(length.flatten(0, -2)).view(length.shape)
        return x * (scaled / length).unsqueeze(-2)


class Clouds(nn.Module):
    """PointNet behind a frame of vector neurons."""

    def __init__(self, neighbours):
        super().__init__()
        self.neighbours = neighbours
        self.blocks = nn.ModuleList([VnBlock(3, 8), VnBlock(8, 8), VnBlock(8, 4)])
        self.norm = VnNorm(8)
        layers, inputs = [], 3
        for outputs in (16, 32, 128):
            layers += [nn.Linear(inputs, outputs), nn.BatchNorm1d(outputs), nn.ReLU()]
            inputs = outputs
        self.points = nn.Sequential(*layers[:-1])
        self.head = nn.Sequential(
            nn.Linear(128, 64), nn.BatchNorm1d(64), nn.ReLU(),
            nn.Linear(64, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, CLASSES),
        )

    def frame(self, x):
        batch, n, _ = x.shape
        nearest = (-torch.cdist(x, x)).topk(self.neighbours).indices
        rows = (nearest + torch.arange(batch).view(-1, 1, 1) * n).flatten()
        other = x.reshape(batch * n, 3)[rows].view(batch, n, self.neighbours, 3)
        own = x.unsqueeze(2).expand_as(other)
        edges = torch.stack([other - own, own, torch.cross(other, own, dim=3)], 4)
        h = self.blocks[1](self.blocks[0](edges).mean(2))
        vectors = self.blocks[2](self.norm(h)).mean(1)
        unit = lambda w: w / (w * w).sum(1, keepdim=True).add(1e-16).sqrt()
        without = lambda v, u: v - (v * u).sum(1, keepdim=True) * u
        u1 = unit(vectors[..., 0])
        u2 = unit(without(vectors[..., 1], u1))
        u3 = unit(without(without(vectors[..., 2], u1), u2))
        return torch.stack([u1, u2, u3], 1)

    def forward(self, x):
        batch, n, _ = x.shape
        canonical = x @ self.frame(x).transpose(1, 2)
        features = self.points(canonical.reshape(batch * n, 3)).view(batch, n, -1)
        return self.head(features.max(1).values)


def steps(network, shape, batch):
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
    rows = BATCHES * batch
    data, classes = torch.randn(rows, *shape), torch.arange(rows) % CLASSES

    def loss_of(chosen):
        return F.cross_entropy(network(data[chosen]), classes[chosen])

    return training(optimiser, loss_of, rows, batch)


def digits(batch, width):
    return steps(Digits(width), (1, SIDE, SIDE), batch)


def clouds(batch, points, neighbours):
    return steps(Clouds(neighbours), (points, 3), batch)


serve({"digits": digits, "clouds": clouds})
