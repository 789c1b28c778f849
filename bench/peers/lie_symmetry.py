"""PyTorch peer of bench/cases/lie_symmetry.ts: the same loss with nested autograd.

Reverse mode gives the derivative of one scalar per pass; the derivative in x of all features at all points comes from
two nested passes (the product of the Jacobian with a vector is the derivative of a vector-Jacobian product by its
vector). So this side, too, sends only the shared points through the trunk, which is many times cheaper than a trunk
evaluation per function and point (`shared=False`, the plain way).
"""

import math

import torch
import torch.nn as nn
from _serve import serve

torch.set_num_threads(1)
torch.manual_seed(0)

LENGTH, DURATION, NU = 2 * math.pi, 16.0, 0.01
ALPHA, BETA, GAMMA, MODES = 150.0, 100.0, 20.0, 3


def mlp(sizes):
    layers = [nn.Linear(sizes[0], sizes[1])]
    for a, b in zip(sizes[1:], sizes[2:]):
        layers += [nn.ELU(), nn.Linear(a, b)]
    return nn.Sequential(*layers)


def tangent(y, s):
    """Derivative of each row of y by its own entry of s."""
    v = torch.zeros_like(y, requires_grad=True)
    (g,) = torch.autograd.grad(y, s, v, create_graph=True)
    (result,) = torch.autograd.grad(g, v, torch.ones_like(g), create_graph=True)
    return result


def operator_step(functions, interior, initial, boundary, sensors, hiddenLayers, width, features, shared=True):
    branch = mlp([sensors] + [width] * hiddenLayers + [features])
    trunk = mlp([2] + [width] * hiddenLayers + [features])
    optimiser = torch.optim.Adam([*branch.parameters(), *trunk.parameters()], lr=1e-3)
    scale = torch.tensor([1 / LENGTH, 1 / DURATION])
    amplitudes, phases = torch.rand(functions, 10, 1) - 0.5, 2 * math.pi * torch.rand(functions, 10, 1)
    modes = torch.randint(1, MODES + 1, (functions, 10, 1))
    f = lambda x: (amplitudes * torch.sin(2 * math.pi / LENGTH * modes * x + phases)).sum(1)
    seen = f(torch.arange(sensors) * LENGTH / sensors)
    # Values at the initial points by two small products, as on the other side.
    rates = 2 * math.pi / LENGTH * torch.arange(1, MODES + 1)
    hot = nn.functional.one_hot(modes[..., 0] - 1, MODES)
    sines = (hot * amplitudes * phases.cos()).sum(1)
    cosines = (hot * amplitudes * phases.sin()).sum(1)

    def shared_derivatives(b, x, t):
        h = trunk(torch.cat([x, t], 1) * scale)
        h_x = tangent(h, x)
        return b @ tangent(h, t).T, b @ tangent(h_x, x).T

    def plain_derivatives(b, x, t):
        x, t = (s.detach().T.repeat(functions, 1).requires_grad_() for s in (x, t))
        h = trunk(torch.stack([x, t], 2) * scale)
        u = (b[:, None] * h).sum(2)
        u_x, u_t = torch.autograd.grad(u.sum(), (x, t), create_graph=True)
        (u_xx,) = torch.autograd.grad(u_x.sum(), x, create_graph=True)
        return u_t, u_xx

    derivatives = shared_derivatives if shared else plain_derivatives

    def run(repeats):
        total = 0.0
        for _ in range(repeats):
            x = (torch.rand(interior, 1) * LENGTH).requires_grad_()
            t = (torch.rand(interior, 1) * DURATION).requires_grad_()
            b = branch(seen)
            u_t, u_xx = derivatives(b, x, t)
            delta = u_t - NU * u_xx
            row, time = x.detach()[:, 0], t.detach()[:, 0]
            factors = [1.0, -2.0, -row, -(row * row + 10 * NU * time)]
            symmetry = sum(((q * delta) ** 2).mean() for q in factors)

            start, times = torch.rand(initial) * LENGTH, torch.rand(boundary) * DURATION
            edge = torch.zeros(boundary)
            points = torch.stack([
                torch.cat([start, edge, edge + LENGTH]), torch.cat([torch.zeros(initial), times, times])
            ], 1)
            u = b @ trunk(points * scale).T
            angles = rates[:, None] * start
            wanted = sines @ angles.sin() + cosines @ angles.cos()
            data = ((u[:, :initial] - wanted) ** 2).mean()
            data = data + ((u[:, initial:initial + boundary] - u[:, initial + boundary:]) ** 2).mean()

            loss = ALPHA * (delta ** 2).mean() + BETA * symmetry + GAMMA * data
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            total += loss.item()
        assert math.isfinite(total)

    return run


serve({"operator-step": operator_step})
