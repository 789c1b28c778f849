"""Training steps of networks for crystals in plain PyTorch, one thread.

`cgcnn` is a CGCNN as such code usually is: rows taken by index, one product for [h_i, h_j, e_ij], sums by `index_add_`.
`ecn` is the equivariant network on the primitive cell with messages as the released code computes them: each edge is
lifted to functions on the eight cells, and two equivariant layers act on them.
"""

import torch
import torch.nn as nn

from _serve import serve
from _training import training

torch.set_num_threads(1)
torch.manual_seed(0)

BATCH, NODES, ROWS, ELEMENTS, GAUSSIANS = 64, 5, 512, 103, 20


class Cgcnn(nn.Module):
    def __init__(self, width, layers, bond):
        super().__init__()
        self.site, self.bond = nn.Embedding(ELEMENTS, width), nn.Linear(GAUSSIANS, bond)
        self.gates = nn.ModuleList(nn.Linear(2 * width + bond, width) for _ in range(layers))
        self.cores = nn.ModuleList(nn.Linear(2 * width + bond, width) for _ in range(layers))
        self.head = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 1))

    def forward(self, species, receivers, senders, gaussians, _):
        h, e = self.site(species), self.bond(gaussians)
        for gate, core in zip(self.gates, self.cores):
            v = torch.cat([h[receivers], h[senders], e], 1)
            h = h.index_add(0, receivers, torch.sigmoid(gate(v)) * torch.relu(core(v)))
        return self.head(h.view(-1, NODES, h.shape[1]).mean(1))[:, 0]


class CellLayer(nn.Module):
    """Two layers that share weights by the colour of a pair of cells, [edges, 8, F] -> [edges, 8, S]."""

    def __init__(self, colours, inputs, outputs):
        super().__init__()
        self.colours, self.outputs = colours, outputs
        count = int(colours.max()) + 1
        self.first = nn.Parameter((torch.rand(count, inputs, outputs) * 2 - 1) / inputs ** 0.5)
        self.second = nn.Parameter((torch.rand(count, outputs, outputs) * 2 - 1) / outputs ** 0.5)
        self.biases = nn.Parameter(torch.zeros(2, outputs))

    def apply_shared(self, x, weight, bias):
        spread = weight[self.colours].permute(1, 2, 0, 3).flatten(2).flatten(0, 1)
        return nn.functional.silu((x.flatten(1) @ spread).view(-1, 8, self.outputs) + bias)

    def forward(self, v, cells):
        lifted = v[:, None] * nn.functional.one_hot(cells, 8)[..., None]
        y = self.apply_shared(lifted, self.first, self.biases[0])
        return self.apply_shared(y, self.second, self.biases[1])[:, 0]


class Ecn(nn.Module):
    def __init__(self, width, layers, bond):
        super().__init__()
        sizes = [0, 1, 1, 2, 1, 2, 2, 3]
        colours = torch.tensor([[sizes[i ^ j] for j in range(8)] for i in range(8)])
        self.site, self.bond = nn.Embedding(ELEMENTS, width), nn.Linear(GAUSSIANS, bond)
        inputs = 2 * width + bond
        self.all = nn.ModuleList(CellLayer(colours, inputs, width) for _ in range(layers))
        self.own = nn.ModuleList(CellLayer(colours, inputs, width) for _ in range(layers))
        self.attention = nn.ModuleList(nn.Linear(width, 1) for _ in range(layers))
        self.update = nn.ModuleList(
            nn.Sequential(nn.Linear(2 * width, width), nn.SiLU(), nn.Linear(width, width)) for _ in range(layers)
        )
        self.node = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width))
        self.head = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, 1))

    def forward(self, species, receivers, senders, gaussians, cells):
        h, e = self.site(species), self.bond(gaussians)
        same = (receivers == senders).nonzero()[:, 0]
        for all_pairs, own, attention, update in zip(self.all, self.own, self.attention, self.update):
            v = torch.cat([h[receivers], h[senders], e], 1)
            m, n = all_pairs(v, cells), own(v[same], cells[same])
            u = torch.zeros_like(h).index_add(0, receivers, torch.sigmoid(attention(m)) * m)
            u = u.index_add(0, receivers[same], torch.sigmoid(attention(n)) * n)
            h = h + update(torch.cat([u, h], 1))
        return self.head(self.node(h).view(-1, NODES, h.shape[1]).mean(1))[:, 0]


def training_step(form, width, layers, bond, edges, own):
    """Batches of 64 crystals of five atoms, each with so many edges, `own` of them from an atom to itself."""
    network = (Cgcnn if form == "cgcnn" else Ecn)(width, layers, bond)
    species = torch.randint(ELEMENTS, (ROWS, NODES))
    targets = torch.randn(ROWS)
    receivers = torch.randint(NODES, (edges,)).sort().values
    senders = (receivers + torch.randint(1, NODES, (edges,))) % NODES
    senders[:own], receivers[:own] = torch.arange(own) % NODES, torch.arange(own) % NODES
    offsets = NODES * torch.arange(BATCH)[:, None]
    graph = [(ends + offsets).flatten() for ends in (receivers, senders)]
    centres = torch.linspace(0, 6, GAUSSIANS)
    gaussians = torch.exp(-(((4 * torch.rand(BATCH * edges, 1)) - centres) / 0.6) ** 2)
    cells = torch.randint(8, (BATCH * edges,))
    optimiser = torch.optim.Adam(network.parameters(), lr=3e-3)

    def loss_of(rows):
        predicted = network(species[rows].flatten(), *graph, gaussians, cells)
        return ((predicted - targets[rows]) ** 2).mean()

    run = training(optimiser, loss_of, ROWS, BATCH)
    run(5)
    return run


serve({"training-step": training_step})
