"""Training steps of a multi-channel EGNN in plain PyTorch, one thread.

Two forms of the same network: `edges` works on lists of edges, with rows taken by index and added up by `index_add_`, as
EGNN code usually does; `dense` works on [graphs, N, N, ...] with the self edges masked, and splits the first layer of the
edge network so that its wide products run on nodes.
"""

import math

import torch
import torch.nn as nn

from _serve import serve

torch.set_num_threads(1)
torch.manual_seed(0)

GRAPHS, NODES, ATTRIBUTES, LAYERS, ROWS = 100, 5, 2, 4, 3000


def two_layers(inputs, hidden, outputs, bias=True):
    return nn.Sequential(nn.Linear(inputs, hidden), nn.SiLU(), nn.Linear(hidden, outputs, bias=bias))


class Layer(nn.Module):
    def __init__(self, hidden, ins, outs):
        super().__init__()
        self.hidden, self.ins, self.outs = hidden, ins, outs
        self.edge = nn.Sequential(*two_layers(2 * hidden + ins + ATTRIBUTES, hidden, hidden), nn.SiLU())
        self.node = two_layers(2 * hidden, hidden, hidden)
        self.mixing = two_layers(hidden, hidden, ins * outs, bias=False)
        self.velocity = two_layers(hidden, hidden, ins * outs)
        nn.init.xavier_uniform_(self.mixing[2].weight, gain=0.001)

    def base(self, x):
        return x.mean(-1, keepdim=True) if self.ins > 1 and self.outs == 1 else x


class EdgeLayer(Layer):
    """h [n, H], x [n, 3, K], v [n, 3, 1], edges as two index vectors, a [E, e]."""

    def forward(self, h, x, v, receivers, senders, a):
        d = x[receivers] - x[senders]
        m = self.edge(torch.cat([h[receivers], h[senders], (d * d).sum(1), a], 1))
        sent = torch.bmm(d, self.mixing(m).view(-1, self.ins, self.outs)).clamp(-100, 100)
        total = x.new_zeros(len(h), 3, self.outs).index_add_(0, receivers, sent)
        count = x.new_zeros(len(h)).index_add_(0, receivers, x.new_ones(len(receivers))).clamp(min=1)
        drift = self.velocity(h).view(-1, self.ins, self.outs).sum(1, keepdim=True) * v
        gathered = torch.zeros_like(h).index_add_(0, receivers, m)
        return h + self.node(torch.cat([h, gathered], 1)), self.base(x) + total / count[:, None, None] + drift


class DenseLayer(Layer):
    """h [B, N, H], x [B, N, 3, K], v [B, N, 3, 1], mask [1, N, N, 1], a [B, N, N, e]."""

    def forward(self, h, x, v, mask, _, a):
        d = x[:, :, None] - x[:, None]
        first, width = self.edge[0], self.hidden
        receiver, sender, pair = first.weight.split([width, width, self.ins + ATTRIBUTES], 1)
        ends = (h @ receiver.T + first.bias)[:, :, None] + (h @ sender.T)[:, None]
        m = self.edge[1:](ends + torch.cat([(d * d).sum(3), a], 3) @ pair.T) * mask
        sent = (d @ self.mixing(m).unflatten(3, (self.ins, self.outs))).clamp(-100, 100) * mask[..., None]
        drift = self.velocity(h).unflatten(2, (self.ins, self.outs)).sum(2)[:, :, None] * v
        moved = self.base(x) + sent.sum(2) / (NODES - 1) + drift
        return h + self.node(torch.cat([h, m.sum(2)], 2)), moved


class Network(nn.Module):
    def __init__(self, layer, hidden, channels):
        super().__init__()
        self.embedding = nn.Linear(1, hidden)
        widths = [1] + [channels] * (LAYERS - 1) + [1]
        self.layers = nn.ModuleList(layer(hidden, ins, outs) for ins, outs in zip(widths, widths[1:]))

    def forward(self, x, v, h, *graph):
        h, x, v = self.embedding(h), x[..., None], v[..., None]
        for layer in self.layers:
            h, x = layer(h, x, v, *graph)
        return x[..., 0]


def training_step(channels, hidden, form):
    pairs = [(i, j) for i in range(NODES) for j in range(NODES) if i != j]
    x, v, y = (torch.randn(ROWS, NODES, 3) for _ in range(3))
    h = torch.randn(ROWS, NODES, 1)
    if form == "dense":
        network = Network(DenseLayer, hidden, channels)
        a = torch.randn(ROWS, NODES, NODES, ATTRIBUTES)
        graph = (1 - torch.eye(NODES))[None, :, :, None], None
    else:
        network = Network(EdgeLayer, hidden, channels)
        a = torch.randn(ROWS, len(pairs), ATTRIBUTES)
        graph = [
            torch.tensor([first * NODES + pair[end] for first in range(GRAPHS) for pair in pairs]) for end in (0, 1)
        ]
    optimiser = torch.optim.Adam(network.parameters(), lr=5e-4, weight_decay=1e-12)
    state = {"order": torch.randperm(ROWS), "at": 0}

    def rows(tensor, taken):
        batch = tensor[taken]
        return batch if form == "dense" else batch.flatten(0, 1)

    def run(repeats):
        total = 0.0
        for _ in range(repeats):
            if state["at"] + GRAPHS > ROWS:
                state.update(order=torch.randperm(ROWS), at=0)
            taken = state["order"][state["at"]:state["at"] + GRAPHS]
            state["at"] += GRAPHS
            predicted = network(rows(x, taken), rows(v, taken), rows(h, taken), *graph, rows(a, taken))
            loss = ((predicted - rows(y, taken)) ** 2).mean()
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            total += loss.item()
        assert math.isfinite(total)

    run(5)
    return run


serve({"training-step": training_step})
