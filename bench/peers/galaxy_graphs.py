"""An update of the critic of a galaxy GAN in plain PyTorch, one thread: dense blocks, the gradient penalty by autograd."""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from _serve import serve

torch.set_num_threads(1)
torch.manual_seed(0)

DIRECTIONS = torch.tensor(
    [[i, j, k] for i in (-1, 0, 1) for j in (-1, 0, 1) for k in (-1, 0, 1) if (i, j, k) != (0, 0, 0)],
    dtype=torch.float32,
)
DIRECTIONS = DIRECTIONS / DIRECTIONS.norm(dim=1, keepdim=True)


def codes(positions, edges):
    """q [B, n, 26, n] and r² [B, n, n]."""
    projected = positions @ DIRECTIONS.T
    apart = projected[:, :, :, None] - projected.transpose(1, 2)[:, None]
    square = ((positions[:, :, None] - positions[:, None]) ** 2).sum(-1)
    q = torch.softmax(apart / square.clamp(min=1e-30).sqrt()[:, :, None], 2)
    return q, square


def adjacency(q, square, edges, scale):
    """[B, 26 n, n]."""
    weights = torch.exp(-square / (2 * scale**2)) * edges
    degree = weights.sum(2) + 1
    norm = weights / (degree[:, :, None] * degree[:, None]).sqrt()
    blocks, n, f, _ = q.shape
    return (q * norm[:, :, None]).reshape(blocks, n * f, n)


class Convolution(nn.Module):
    def __init__(self, inputs, outputs, bias=True):
        super().__init__()
        self.own = nn.Linear(inputs, outputs, bias=bias)
        self.neighbours = nn.Linear(26 * inputs, outputs, bias=False)

    def forward(self, h, a):
        blocks, _, n = a.shape
        z = torch.bmm(a, h.view(blocks, n, -1)).view(h.shape[0], -1)
        return self.own(h) + self.neighbours(z)


class Generator(nn.Module):
    def __init__(self, inputs, widths):
        super().__init__()
        sizes = [inputs, *widths]
        self.convolutions = nn.ModuleList(Convolution(a, b) for a, b in zip(sizes, sizes[1:]))
        self.norms = nn.ModuleList(nn.BatchNorm1d(b, eps=1e-3, track_running_stats=False) for b in widths)
        self.output = nn.Linear(widths[-1], 2)

    def forward(self, h, a):
        for convolution, norm in zip(self.convolutions, self.norms):
            h = norm(F.leaky_relu(convolution(h, a), 0.2))
        return torch.tanh(self.output(h))


class Critic(nn.Module):
    def __init__(self, conditions, widths):
        super().__init__()
        self.labels = Convolution(2, widths[0], bias=False)
        self.conditions = Convolution(conditions, widths[0])
        self.convolutions = nn.ModuleList(Convolution(a, b) for a, b in zip(widths, widths[1:]))
        self.output = nn.Linear(widths[-1], 1)

    def known(self, x, a):
        return self.conditions(x, a)

    def forward(self, y, known, a, pool):
        h = F.leaky_relu(self.labels(y, a) + known, 0.2)
        for convolution in self.convolutions:
            h = F.leaky_relu(convolution(h, a), 0.2)
        return self.output(pool @ h)[:, 0]


def critic_step(blocks, nodes, members, conditions, noise, generator, critic):
    count, groups = blocks * nodes, blocks * nodes // members
    g = Generator(conditions + noise, [int(w) for w in generator.split(",")])
    d = Critic(conditions, [int(w) for w in critic.split(",")])
    optimiser = torch.optim.Adam(d.parameters(), lr=1e-3, betas=(0.0, 0.95))
    positions = 0.3 * torch.randn(blocks, nodes, 3)
    group = torch.arange(nodes) // members
    edges = ((group[:, None] == group[None]) & ~torch.eye(nodes, dtype=torch.bool)).float().expand(blocks, -1, -1)
    owner = torch.arange(count) // members
    members_of = (torch.arange(groups)[:, None] == owner[None]).float()
    pool = members_of / members
    x, real = torch.randn(count, conditions), 0.3 * torch.randn(count, 2)

    def run(repeats):
        total = 0.0
        for _ in range(repeats):
            with torch.no_grad():
                q, square = codes(positions, edges)
                a_g, a_d = adjacency(q, square, edges, 0.4), adjacency(q, square, edges, 0.2)
                fake = g(torch.cat([x, torch.randn(count, noise)], 1), a_g)
            known = d.known(x, a_d)
            on_real, on_fake = d(real, known, a_d, pool), d(fake, known, a_d, pool)
            u = torch.rand(groups, 1)[owner]
            between = (real + u * (fake - real)).requires_grad_()
            (slope,) = torch.autograd.grad(d(between, known, a_d, pool).sum(), between, create_graph=True)
            size = (members_of @ (slope**2).sum(1) + 1e-8).sqrt()
            loss = on_fake.mean() - on_real.mean() + 0.001 * (on_real**2).mean() + 15 * ((size - 1) ** 2).mean()
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            total += loss.item()
        assert math.isfinite(total)

    run(3)
    return run


serve({"critic-step": critic_step})
