"""PyTorch peer of bench/cases/cnn.ts."""

import torch
import torch.nn as nn
import torch.nn.functional as F
from _serve import serve
from _training import training

torch.set_num_threads(1)
torch.manual_seed(0)

SIDE, CLASSES, BATCHES = 28, 10, 16


def cnn_step(batch, channels):
    a, b = map(int, channels.split(","))
    network = nn.Sequential(
        nn.Conv2d(1, a, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(a, b, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(b * (SIDE // 4) ** 2, CLASSES),
    )
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
    rows = BATCHES * batch
    images, classes = torch.randn(rows, 1, SIDE, SIDE), torch.arange(rows) % CLASSES

    def loss_of(chosen):
        return F.cross_entropy(network(images[chosen]), classes[chosen])

    return training(optimiser, loss_of, rows, batch)


serve({"cnn-step": cnn_step})
