"""The training loop of the PyTorch peers."""

import math

import torch
from _serve import compiled


def training(optimiser, loss_of, rows, batch, after_step=lambda: None):
    """Returns a function that takes so many steps: shuffled indices of a batch to `loss_of`, its gradient, an update.

    `rows` must be a multiple of `batch`. `after_step` is called after every update.
    """
    order, at = torch.randperm(rows), 0
    loss_of = compiled(loss_of)

    def run(repeats):
        nonlocal order, at
        total = 0.0
        for _ in range(repeats):
            if at == rows:
                order, at = torch.randperm(rows), 0
            loss = loss_of(order[at:at + batch])
            at += batch
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            after_step()
            total += loss.item()
        assert math.isfinite(total)

    return run
