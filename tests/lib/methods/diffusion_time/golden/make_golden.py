"""Writes golden.json: a few training steps of small networks in PyTorch, float64, on fixed batches and dropout masks.

Run once, by hand: python3 make_golden.py > golden.json
"""

import json
import math

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
STEPS, BATCH, FEATURES = 5, 6, 3


def host(tensor):
    data = tensor.detach().reshape(-1).tolist()
    return {"shape": list(tensor.shape), "data": [round(float(value), 12) for value in data]}


def layer(linear):
    return {"weight": host(linear.weight.T), "bias": host(linear.bias)}


def drop(x, mask, rate):
    return x * mask / (1 - rate)


def train(parameters, batches, loss):
    optimiser = torch.optim.Adam(parameters, lr=1e-2, weight_decay=5e-2)
    losses = []
    for batch in batches:
        optimiser.zero_grad()
        value = loss(batch)
        value.backward()
        optimiser.step()
        losses.append(value.item())
    return losses


def time_network(name, outputs, make_target, loss):
    torch.manual_seed(1)
    widths = [FEATURES, 8, 10, 7, outputs]
    layers = [torch.nn.Linear(a, b) for a, b in zip(widths, widths[1:])]
    case = {"start": [layer(linear) for linear in layers]}

    def forward(x, keep=None):
        for i, linear in enumerate(layers[:-1]):
            x = torch.relu(linear(x))
            if keep is not None and i > 0:
                x = drop(x, keep[i - 1], 0.5)
        return layers[-1](x)

    batches = []
    for _ in range(STEPS):
        batches.append({
            "noisy": torch.randn(BATCH, FEATURES),
            "target": make_target(),
            "keep": [torch.bernoulli(torch.full((BATCH, width), 0.5)) for width in widths[2:4]],
        })
    case["batches"] = [
        {"noisy": host(b["noisy"]), "target": host(b["target"]), "keep": [host(k) for k in b["keep"]]} for b in batches
    ]
    parameters = [parameter for linear in layers for parameter in linear.parameters()]
    case["losses"] = train(parameters, batches, lambda b: loss(forward(b["noisy"], b["keep"]), b["target"]))
    case["end"] = [layer(linear) for linear in layers]
    case["outputs"] = host(forward(batches[0]["noisy"]))
    return case


def one_hot():
    return F.one_hot(torch.randint(0, 7, (BATCH,)), 7).double()


def precision():
    return 1 / (0.9 * torch.rand(BATCH, 1) + 0.1)


def inverse_gamma(outputs, target, dimension=FEATURES):
    scale = outputs ** 2
    return -((dimension / 2 - 1) * torch.log(scale + 1e-5) - scale * target).mean()


def denoiser():
    torch.manual_seed(2)
    width, hidden, blocks, time_width = 6, 9, 2, 8
    linear, norm = torch.nn.Linear, torch.nn.BatchNorm1d
    net = {
        "input": linear(FEATURES, width),
        "time0": linear(time_width, time_width),
        "time1": linear(time_width, time_width),
        "projection": linear(time_width, width),
        "output": linear(width, FEATURES),
        "headNorm": norm(width),
    }
    for k in range(blocks):
        net[f"norm{k}"], net[f"first{k}"], net[f"second{k}"] = norm(width), linear(width, hidden), linear(hidden, width)

    def affine(module):
        return {"scale": host(module.weight), "offset": host(module.bias)}

    def running(module):
        return {"mean": host(module.running_mean), "variance": host(module.running_var)}

    def snapshot():
        return {
            "parameters": {
                "input": layer(net["input"]),
                "time": [layer(net["time0"]), layer(net["time1"])],
                "timeProjection": layer(net["projection"]),
                "blocks": [
                    {"norm": affine(net[f"norm{k}"]), "first": layer(net[f"first{k}"]), "second": layer(net[f"second{k}"])}
                    for k in range(blocks)
                ],
                "head": {"norm": affine(net["headNorm"]), "output": layer(net["output"])},
            },
            "statistics": {
                "blocks": [running(net[f"norm{k}"]) for k in range(blocks)],
                "head": running(net["headNorm"]),
            },
        }

    def forward(x, t, keep=None):
        half = time_width // 2
        angles = t[:, None] * torch.exp(-math.log(1e4) * torch.arange(half) / half)
        embedding = torch.cat([torch.cos(angles), torch.sin(angles)], 1)
        embedding = net["time1"](F.silu(net["time0"](embedding)))
        h = net["input"](x) + net["projection"](F.silu(embedding))
        for k in range(blocks):
            inner = torch.relu(net[f"first{k}"](net[f"norm{k}"](h)))
            if keep is not None:
                inner = drop(inner, keep["first"][k], 0.4)
            inner = net[f"second{k}"](inner)
            if keep is not None:
                inner = drop(inner, keep["second"][k], 0.1)
            h = h + inner
        return net["output"](torch.relu(net["headNorm"](h)))

    case = {"start": snapshot()}
    batches = []
    for _ in range(STEPS):
        batches.append({
            "noisy": torch.randn(BATCH, FEATURES),
            "noise": torch.randn(BATCH, FEATURES),
            "times": torch.randint(0, 50, (BATCH,)).double(),
            "keep": {
                "first": [torch.bernoulli(torch.full((BATCH, hidden), 0.6)) for _ in range(blocks)],
                "second": [torch.bernoulli(torch.full((BATCH, width), 0.9)) for _ in range(blocks)],
            },
        })
    case["batches"] = [
        {
            **{key: host(b[key]) for key in ("noisy", "noise", "times")},
            "keep": {key: [host(mask) for mask in masks] for key, masks in b["keep"].items()},
        }
        for b in batches
    ]
    parameters = [parameter for module in net.values() for parameter in module.parameters()]
    case["losses"] = train(
        parameters, batches, lambda b: F.mse_loss(forward(b["noisy"], b["times"], b["keep"]), b["noise"])
    )
    case["end"] = snapshot()
    for module in net.values():
        module.eval()
    case["outputs"] = host(forward(batches[0]["noisy"], batches[0]["times"]))
    return case


def planar_flow():
    torch.manual_seed(3)
    layers = [
        {"weight": torch.randn(FEATURES, 1), "bias": torch.randn(1), "scale": torch.randn(1, FEATURES)} for _ in range(3)
    ]
    x = torch.randn(BATCH, FEATURES)
    z, total = x, torch.zeros(BATCH)
    for part in layers:
        # The determinant from the Jacobian itself, not from the planar formula.
        def step(row, part=part):
            return row + part["scale"][0] * torch.tanh(row @ part["weight"][:, 0] + part["bias"])

        jacobians = torch.stack([torch.autograd.functional.jacobian(step, row) for row in z])
        total = total + torch.log(torch.linalg.det(jacobians).abs() + 1e-6)
        z = torch.stack([step(row) for row in z])
    base = torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(1)
    return {
        "layers": [{key: host(value) for key, value in part.items()} for part in layers],
        "x": host(x), "logBase": host(base), "logDeterminant": host(total),
    }


print(json.dumps({
    "source": f"PyTorch {torch.__version__}, float64",
    "timeNetworks": {
        "categorical": time_network("categorical", 7, one_hot, lambda o, t: F.cross_entropy(torch.softmax(o, 1), t)),
        "categoricalSingleSoftmax": time_network("single", 7, one_hot, F.cross_entropy),
        "inverseGamma": time_network("inverseGamma", 1, precision, inverse_gamma),
        "gaussian": time_network("gaussian", 1, lambda: torch.randint(0, 4, (BATCH, 1)).double(), F.mse_loss),
    },
    "denoiser": denoiser(),
    "planarFlow": planar_flow(),
}))
