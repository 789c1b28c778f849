"""PyTorch peer of bench/cases/koopman.ts: a training step of a latent model over a horizon."""

import math

import torch
import torch.nn as nn
from _serve import serve
from _training import training

torch.set_num_threads(1)
torch.manual_seed(0)

OBSERVATION, ACTION, SMALL, BATCHES, REAL = 17, 6, 32, 8, -0.2


def mlp(*widths):
    layers = [layer for a, b in zip(widths, widths[1:]) for layer in (nn.Linear(a, b), nn.ReLU())]
    return nn.Sequential(*layers[:-1])


def multiplication(z):
    """The real matrix that multiplies [re, im] by complex numbers."""
    re, im = torch.diag(z.real), torch.diag(z.imag)
    return torch.cat([torch.cat([re, im], 1), torch.cat([-im, re], 1)])


class Koopman(nn.Module):
    """Diagonal complex modes with a zero-order hold: one step after the other, a doubling scan, or real matrices."""

    def __init__(self, modes, way):
        super().__init__()
        self.way = way
        self.frequency = nn.Parameter(math.pi * torch.arange(1, modes + 1))
        self.log_step = nn.Parameter(torch.tensor(math.log(1 / (2 * modes))))

    def forward(self, start, actions):
        eigenvalues = torch.complex(torch.full_like(self.frequency, REAL), self.frequency)
        exponent = eigenvalues * self.log_step.exp()
        factor = exponent.exp()
        if self.way == "blocks":
            matrix = multiplication(factor)
            states, state = [], start
            for entry in actions @ multiplication((factor - 1) / eigenvalues):
                state = torch.addmm(entry, state, matrix)
                states.append(state)
            return torch.stack(states)
        inputs = (factor - 1) / eigenvalues * torch.complex(*actions.chunk(2, -1))
        x = torch.complex(*start.chunk(2, -1))
        if self.way == "scan":
            y = torch.cat([inputs[:1] + factor * x, inputs[1:]])
            shift = 1
            while shift < len(y):
                y = torch.cat([y[:shift], y[shift:] + (exponent * shift).exp() * y[:-shift]])
                shift *= 2
        else:
            states = []
            for entry in inputs:
                x = factor * x + entry
                states.append(x)
            y = torch.stack(states)
        return torch.cat([y.real, y.imag], -1)


class Recurrent(nn.Module):
    """PyTorch's own GRU from an encoded state."""

    def __init__(self, latent):
        super().__init__()
        self.cell = nn.GRU(latent, latent)

    def forward(self, start, actions):
        return self.cell(actions, start[None].contiguous())[0]


def latent_model_step(dynamics, modes, width, batch, horizon):
    latent = 2 * modes
    encoder = mlp(OBSERVATION, width, width, latent)
    action_encoder = mlp(ACTION, SMALL, latent)
    decoder = mlp(latent, width, width, OBSERVATION)
    reward_head = mlp(2 * latent, SMALL, 1)
    rollout = Recurrent(latent) if dynamics == "gru" else Koopman(modes, dynamics)
    parts = nn.ModuleList([encoder, action_encoder, decoder, reward_head, rollout])
    optimiser = torch.optim.Adam(parts.parameters(), lr=1e-3)
    rows = BATCHES * batch
    length = horizon + rows
    data = torch.randn(length + 1, OBSERVATION)
    controls, rewards = torch.randn(length, ACTION), torch.randn(length)
    places = torch.arange(horizon + 1)[:, None]

    def loss_of(chosen):
        observed = data[places + chosen]
        actions, reward = controls[places[:-1] + chosen], rewards[places[:-1] + chosen]
        encoded = encoder(observed)
        driven = action_encoder(actions)
        states = rollout(encoded[0], driven)
        predicted = decoder(states)
        before = torch.cat([encoded[:1], states[:-1]])
        guessed = reward_head(torch.cat([before, driven], -1)).squeeze(-1)
        return (
            (predicted - observed[1:]).square().mean()
            + (states - encoded[1:]).square().mean()
            + (guessed - reward).square().mean()
        )

    return training(optimiser, loss_of, rows, batch)


serve({"latent-model-step": latent_model_step})
