"""PyTorch peer of bench/cases/diffusion_time.ts.

The loops are the fastest plain PyTorch that does the same work: no DataLoader (rows are taken by tensor indexing from
a shuffled index), no graph of the loss kept, one thread.
"""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from _serve import compiled, serve

torch.set_num_threads(1)
torch.manual_seed(0)

FEATURES, ROWS, BATCH = 21, 916, 64


def variances(steps):
    return 1 - torch.cumprod(1 - torch.linspace(1e-4, 1e-2, steps), 0)


class TimeNetwork(nn.Module):
    def __init__(self, outputs):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(FEATURES, 256), nn.ReLU(),
            nn.Linear(256, 512), nn.ReLU(), nn.Dropout(0.5),
            nn.Linear(512, 256), nn.ReLU(), nn.Dropout(0.5),
            nn.Linear(256, outputs),
        )

    def forward(self, x):
        return self.layers(x)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Sequential(
            nn.BatchNorm1d(128), nn.Linear(128, 256), nn.ReLU(), nn.Dropout(0.4), nn.Linear(256, 128), nn.Dropout(0.1)
        )

    def forward(self, x):
        return x + self.inner(x)


class Denoiser(nn.Module):
    def __init__(self):
        super().__init__()
        self.input = nn.Linear(FEATURES, 128)
        self.time = nn.Sequential(nn.Linear(256, 256), nn.SiLU(), nn.Linear(256, 256), nn.SiLU(), nn.Linear(256, 128))
        self.blocks = nn.Sequential(*[Block() for _ in range(3)])
        self.head = nn.Sequential(nn.BatchNorm1d(128), nn.ReLU(), nn.Linear(128, FEATURES))
        self.register_buffer("frequencies", torch.exp(-math.log(1e4) * torch.arange(128) / 128))

    def forward(self, x, t):
        angles = t[:, None] * self.frequencies
        h = self.input(x) + self.time(torch.cat([angles.cos(), angles.sin()], 1))
        return self.head(self.blocks(h))


class Training:
    """Endless training steps of one network on the same rows."""

    def __init__(self, network, steps, loss):
        self.network, self.loss, self.steps = compiled(network.train()), loss, steps
        self.optimiser = torch.optim.Adam(network.parameters(), lr=1e-4, weight_decay=5e-4)
        self.variances = variances(steps)
        self.deviations = self.variances.sqrt()
        self.means = (1 - self.variances).sqrt()
        self.data = torch.randn(ROWS, FEATURES)
        self.order, self.at = torch.randperm(ROWS), 0

    def __call__(self, repeats):
        total = 0.0
        for _ in range(repeats):
            if self.at + BATCH > ROWS:
                self.order, self.at = torch.randperm(ROWS), 0
            x = self.data[self.order[self.at:self.at + BATCH]]
            self.at += BATCH
            t = torch.randint(0, self.steps, (BATCH,))
            loss = self.loss(self, x, t, torch.randn_like(x))
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()
            self.optimiser.step()
            total += loss.item()
        assert math.isfinite(total)


def categorical_loss(training, x, t, noise):
    noisy = x + training.deviations[t][:, None] * noise
    return F.cross_entropy(F.softmax(training.network(noisy), 1), t * 7 // training.steps)


def inverse_gamma_loss(training, x, t, noise):
    noisy = x + training.deviations[t][:, None] * noise
    scale = training.network(noisy)[:, 0] ** 2
    return -((FEATURES / 2 - 1) * torch.log(scale + 1e-5) - scale / training.variances[t]).mean()


def denoising_loss(training, x, t, noise):
    noisy = training.means[t][:, None] * x + training.deviations[t][:, None] * noise
    return F.mse_loss(training.network(noisy, t), noise)


def inference(rows):
    network = compiled(TimeNetwork(7).eval())
    x = torch.randn(rows, FEATURES)
    bins = torch.arange(7.0)

    @torch.no_grad()
    def run(repeats):
        for _ in range(repeats):
            # Batches that stay in the cache are faster than all rows at once.
            torch.cat([F.softmax(network(batch), 1) @ bins for batch in x.split(256)])

    return run


def reverse_process(rows):
    network, steps = compiled(Denoiser().eval()), 1000
    v = variances(steps)
    beta = torch.linspace(1e-4, 1e-2, steps)
    start = torch.randn(rows, FEATURES)

    @torch.no_grad()
    def run(repeats):
        for _ in range(repeats):
            x = start
            for t in reversed(range(250)):
                noise = network(x, torch.full((1,), float(t)))
                x = (x - beta[t] / v[t].sqrt() * noise) / (1 - beta[t]).sqrt()
                if t > 0:
                    x = x + (beta[t] * v[t - 1] / v[t]).sqrt() * torch.randn_like(x)
            ((x - start) ** 2).mean(1)

    return run


serve({
    "dte-c-step": lambda: Training(TimeNetwork(7), 400, categorical_loss),
    "dte-ig-step": lambda: Training(TimeNetwork(1), 400, inverse_gamma_loss),
    "ddpm-step": lambda: Training(Denoiser(), 1000, denoising_loss),
    "dte-c-inference": inference,
    "ddpm-scoring": reverse_process,
})
