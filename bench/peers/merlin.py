"""PyTorch peers of bench/cases/merlin.ts: training steps and actions of goal-conditioned policies on PointReach."""

import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from _serve import compiled, serve

torch.set_num_threads(1)
torch.manual_seed(0)

LENGTH, STATE, GOAL, ACTION, HORIZON = 50, 2, 2, 2, 20


def mlp(inputs, outputs, width, activation=nn.ReLU):
    widths = [inputs, width, width, width]
    layers = [part for a, b in zip(widths, widths[1:]) for part in (nn.Linear(a, b), activation())]
    return compiled(nn.Sequential(*layers, nn.Linear(width, outputs)))


def embed(times, dimension, period):
    half = dimension // 2
    angles = times[:, None] * torch.exp(-math.log(period) * torch.arange(half) / half)
    return torch.cat([angles.cos(), angles.sin()], 1)


class Normaliser:
    """Running mean and deviation of all batches."""

    def __init__(self, size):
        self.sums, self.squares, self.count = np.zeros(size), np.zeros(size), 1

    def __call__(self, rows):
        self.sums += rows.sum(0)
        self.squares += np.square(rows).sum(0)
        self.count += len(rows)
        mean = self.sums / self.count
        deviation = np.sqrt(np.maximum(1e-4, self.squares / self.count - mean**2))
        scaled = np.clip((rows - mean) / (deviation + 1e-6), -5, 5)
        return torch.from_numpy(scaled.astype(np.float32))


class Data:
    """Random walks, held as arrays."""

    def __init__(self, episodes):
        self.random = np.random.default_rng(0)
        self.actions = self.random.uniform(-1, 1, (episodes, LENGTH - 1, ACTION)).astype(np.float32)
        start = self.random.uniform(-5, 5, (episodes, 1, STATE))
        self.states = np.clip(start + np.concatenate([np.zeros_like(start), self.actions.cumsum(1)], 1), -5, 5)
        self.goals = self.random.uniform(-5, 5, (episodes, GOAL))
        self.pairs = np.stack(np.triu_indices(LENGTH, 1), 1)
        self.of_state, self.of_goal = Normaliser(STATE), Normaliser(GOAL)

    def episodes(self, batch):
        return self.random.integers(len(self.states), size=batch)


def loop(step):
    def run(repeats):
        total = sum(step().item() for _ in range(repeats))
        assert math.isfinite(total)

    return run


def merlin_step(width, batch, episodes):
    data, network = Data(episodes), mlp(STATE + GOAL + 32, 2 * ACTION, width)
    optimiser = torch.optim.Adam(network.parameters(), lr=5e-4)

    def step():
        episode = data.episodes(batch)
        now, later = data.pairs[data.random.integers(len(data.pairs), size=batch)].T
        states = data.of_state(data.states[episode, now])
        goals = data.of_goal(data.states[episode, later])
        actions = torch.from_numpy(data.actions[episode, now])
        horizon = torch.from_numpy((later - now).astype(np.float32))
        mean, spread = network(torch.cat([states, goals, embed(horizon, 32, 50)], 1)).chunk(2, 1)
        policy = torch.distributions.Normal(mean.tanh(), F.softplus(spread) + 1e-5)
        loss = -policy.log_prob(actions).sum(1).mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1)
        optimiser.step()
        return loss.detach()

    return loop(step)


def gofar_step(width, batch, episodes):
    data, updates = Data(episodes), 0
    actor, value, target = (mlp(STATE + GOAL, out, width) for out in (ACTION, 1, 1))
    target.load_state_dict(value.state_dict())
    judge = mlp(2 * GOAL, 1, width, nn.Tanh)
    optimisers = [
        torch.optim.Adam(network.parameters(), lr=rate)
        for network, rate in ((judge, 5e-4), (value, 1e-3), (actor, 1e-3))
    ]

    def update(optimiser, loss):
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()

    def draw():
        episode, now = data.episodes(batch), data.random.integers(LENGTH - 1, size=batch)
        return episode, now, data.of_goal(data.states[episode, now]), data.of_goal(data.goals[episode])

    def step():
        nonlocal updates
        _, _, achieved, goals = draw()
        real, fake = torch.cat([goals, goals], 1), torch.cat([achieved, goals], 1)
        share = torch.rand(batch, 1)
        between = (share * real + (1 - share) * fake).requires_grad_()
        gradient = torch.autograd.grad(judge(between).sum(), between, create_graph=True)[0]
        told = F.softplus(-judge(real)).mean() + F.softplus(judge(fake)).mean()
        update(optimisers[0], told + 0.01 * (gradient.norm(2, dim=1) - 1).square().mean())
        episode, now, achieved, goals = draw()
        states, after, first = (data.of_state(data.states[episode, t]) for t in (now, now + 1, 0 * now))
        with torch.no_grad():
            reward = judge(torch.cat([achieved, goals], 1))
            backup = reward + 0.98 * target(torch.cat([after, goals], 1))
        raised = backup - value(torch.cat([states, goals], 1)) + 1
        update(optimisers[1], 0.02 * value(torch.cat([first, goals], 1)).mean() + raised.square().mean())
        actions = torch.from_numpy(data.actions[episode, now])
        error = (actor(torch.cat([states, goals], 1)).tanh() - actions).square()
        loss = (F.relu(raised.detach()) * error).mean()
        update(optimisers[2], loss)
        updates += 1
        if updates % 20 == 0:
            with torch.no_grad():
                for slow, fast in zip(target.parameters(), value.parameters()):
                    slow.lerp_(fast, 0.05)
        return loss.detach()

    return loop(step)


def acting(rows, act):
    """Calls `act` on normalised states and goals, with arrays going in and out."""
    states, goals = np.random.default_rng(0).uniform(-1.7, 1.7, (2, rows, STATE)).astype(np.float32)

    def run(repeats):
        for _ in range(repeats):
            with torch.no_grad():
                actions = act(torch.from_numpy(states), torch.from_numpy(goals)).numpy()
        assert np.isfinite(actions).all()

    return run


def merlin_act(width, rows):
    network = mlp(STATE + GOAL + 32, 2 * ACTION, width)

    def act(states, goals):
        times = embed(torch.ones(rows), 32, 50)
        mean, spread = network(torch.cat([states, goals, times], 1)).chunk(2, 1)
        return mean.tanh()

    return acting(rows, act)


def reverse(predict, size, steps, limit, betas):
    """Denoising diffusion from normal numbers."""
    alpha = 1 - betas
    bar = alpha.cumprod(0)
    before = torch.cat([torch.ones(1), bar[:-1]])
    clean_share = before.sqrt() * betas / (1 - bar)
    noisy_share = alpha.sqrt() * (1 - before) / (1 - bar)
    spread = (betas * (1 - before) / (1 - bar)).sqrt()

    def sample(rows, *context):
        x = torch.randn(rows, size)
        for k in reversed(range(steps)):
            noise = predict(x, torch.full((rows,), k + 1.0), *context)
            clean = ((x - (1 - bar[k]).sqrt() * noise) / bar[k].sqrt()).clamp(-limit, limit)
            x = clean_share[k] * clean + noisy_share[k] * x + spread[k] * torch.randn_like(x)
        return x

    return sample


def dql_act(width, rows):
    network, steps = mlp(ACTION + 16 + STATE + GOAL, ACTION, width), 5
    k = torch.arange(steps)
    sample = reverse(
        lambda x, times, states, goals: network(torch.cat([x, embed(times, 16, 1e4), states, goals], 1)),
        ACTION, steps, 1, 1 - torch.exp(-0.1 / steps - 4.95 * (2 * k + 1) / steps**2),
    )
    return acting(rows, lambda states, goals: sample(rows, states, goals).clamp(-1, 1))


def beso_act(width, rows):
    network = mlp(ACTION + 16 + STATE + GOAL, ACTION, width)
    sigmas = [1.0, 0.005**0.5, 0.005, 0.0]

    def act(states, goals):
        x = sigmas[0] * torch.randn(rows, ACTION)
        for sigma, lower in zip(sigmas, sigmas[1:]):
            total = sigma**2 + 0.25
            times = embed(torch.full((rows,), math.log(sigma) / 4), 16, 1e4)
            raw = network(torch.cat([x / total**0.5, times, states, goals], 1))
            clean = 0.25 / total * x + 0.5 * sigma / total**0.5 * raw
            x = clean + (x - clean) * (lower / sigma)
        return x.clamp(-1, 1)

    return acting(rows, act)


def diffuser_act(width, rows):
    plan, steps = (HORIZON - 1) * STATE, 50
    network, inverse = mlp(plan + STATE + 16 + GOAL, plan, width), mlp(2 * STATE, ACTION, width)
    bar = torch.cos(math.pi / 2 * (torch.arange(steps + 1) / steps + 0.008) / 1.008).square()
    sample = reverse(
        lambda x, times, states, goals: network(torch.cat([x, states, embed(times, 16, 1e4), goals], 1)),
        plan, steps, 5, (1 - bar[1:] / bar[:-1]).clamp(max=0.999),
    )

    def act(states, goals):
        following = sample(rows, states, goals)[:, :STATE]
        return inverse(torch.cat([states, following], 1)).tanh()

    return acting(rows, act)


serve({
    "merlin-step": merlin_step,
    "gofar-step": gofar_step,
    "merlin-act": merlin_act,
    "dql-act": dql_act,
    "beso-act": beso_act,
    "diffuser-act": diffuser_act,
})
