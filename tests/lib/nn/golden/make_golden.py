"""Writes golden.json: what PyTorch computes, in float64, for the parts of lib/nn.

Run once, by hand: python3 make_golden.py > golden.json
"""

import json
import math

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)


def numbers(tensor):
    return [round(value, 15) for value in tensor.detach().reshape(-1).tolist()]


def host(tensor):
    return {"shape": list(tensor.shape), "data": numbers(tensor)}


def optimiser_case(make, clip=None, rate=None):
    """Parameters after each of six steps with fixed gradients."""
    generator = torch.Generator().manual_seed(1)
    weight = torch.randn(3, 2, generator=generator)
    bias = torch.randn(2, generator=generator)
    gradients = [
        [torch.randn(3, 2, generator=generator) * 10.0 ** (k - 3), torch.randn(2, generator=generator)]
        for k in range(6)
    ]
    case = {
        "weight": host(weight),
        "bias": host(bias),
        "gradients": [{"weight": host(a), "bias": host(b)} for a, b in gradients],
        "after": [],
    }
    parameters = [torch.nn.Parameter(weight.clone()), torch.nn.Parameter(bias.clone())]
    optimiser = make(parameters)
    schedule = rate(optimiser) if rate else None
    for pair in gradients:
        for parameter, gradient in zip(parameters, pair):
            parameter.grad = gradient.clone()
        if clip is not None:
            torch.nn.utils.clip_grad_norm_(parameters, clip)
        optimiser.step()
        if schedule:
            schedule.step()
        case["after"].append({"weight": host(parameters[0]), "bias": host(parameters[1])})
    return case


def optimisers():
    adam, sgd = torch.optim.Adam, torch.optim.SGD
    return {
        "adam": optimiser_case(lambda p: adam(p, lr=1e-2)),
        "adamCoupledDecay": optimiser_case(lambda p: adam(p, lr=1e-2, weight_decay=0.1)),
        "adamLargeEpsilon": optimiser_case(lambda p: adam(p, lr=1e-2, eps=0.1, betas=(0.8, 0.95))),
        "adamDecoupledDecay": optimiser_case(lambda p: torch.optim.AdamW(p, lr=1e-2, weight_decay=0.1)),
        "sgd": optimiser_case(lambda p: sgd(p, lr=1e-2)),
        "sgdMomentum": optimiser_case(lambda p: sgd(p, lr=1e-2, momentum=0.9, weight_decay=0.1)),
        "adamClipped": optimiser_case(lambda p: adam(p, lr=1e-2), clip=0.5),
        "adamCosine": optimiser_case(
            lambda p: adam(p, lr=1e-2),
            rate=lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, T_max=6, eta_min=1e-3),
        ),
    }


def rates():
    def series(make):
        optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.5)
        schedule = make(optimiser)
        values = []
        for _ in range(9):
            values.append(optimiser.param_groups[0]["lr"])
            optimiser.step()
            schedule.step()
        return values

    lr = torch.optim.lr_scheduler
    return {
        "step": series(lambda o: lr.StepLR(o, step_size=3, gamma=0.1)),
        "exponential": series(lambda o: lr.ExponentialLR(o, gamma=0.9)),
        "cosine": series(lambda o: lr.CosineAnnealingLR(o, T_max=8, eta_min=0.1)),
    }


def plateau():
    """Rates after each loss; the fifth is below the best, but by less than the threshold."""
    losses = [3.0, 2.0, 2.5, 2.2, 1.9999, 1.5, 1.6, 1.7, 1.55, 1.6, 1.4, 1.4, 1.4, 1.4]
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.5)
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(optimiser, factor=0.4, patience=2)
    rates = []
    for loss in losses:
        schedule.step(loss)
        rates.append(optimiser.param_groups[0]["lr"])
    return {"losses": losses, "rates": rates}


def batch_norm():
    generator = torch.Generator().manual_seed(2)
    layer = torch.nn.BatchNorm1d(3)
    layer.weight.data = torch.randn(3, generator=generator)
    layer.bias.data = torch.randn(3, generator=generator)
    case = {"scale": host(layer.weight), "offset": host(layer.bias), "steps": []}
    for k in range(3):
        x = (torch.randn(5, 3, generator=generator) * (k + 1) + k).requires_grad_()
        cotangent = torch.randn(5, 3, generator=generator)
        y = layer(x)
        layer.zero_grad()
        (y * cotangent).sum().backward()
        case["steps"].append({
            "x": host(x), "cotangent": host(cotangent), "y": host(y), "xGradient": host(x.grad),
            "scaleGradient": host(layer.weight.grad), "offsetGradient": host(layer.bias.grad),
            "mean": host(layer.running_mean), "variance": host(layer.running_var),
        })
    layer.eval()
    x = torch.randn(4, 3, generator=generator)
    case["inference"] = {"x": host(x), "y": host(layer(x))}
    return case


def layer_norm():
    generator = torch.Generator().manual_seed(3)
    layer = torch.nn.LayerNorm(6)
    layer.weight.data = torch.randn(6, generator=generator)
    layer.bias.data = torch.randn(6, generator=generator)
    x = torch.randn(4, 6, generator=generator).requires_grad_()
    cotangent = torch.randn(4, 6, generator=generator)
    y = layer(x)
    (y * cotangent).sum().backward()
    return {
        "scale": host(layer.weight), "offset": host(layer.bias), "x": host(x), "cotangent": host(cotangent),
        "y": host(y), "xGradient": host(x.grad), "scaleGradient": host(layer.weight.grad),
        "offsetGradient": host(layer.bias.grad),
    }


def activations():
    functions = {
        "relu": F.relu, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "silu": F.silu, "gelu": F.gelu,
        "softplus": F.softplus,
    }
    points = [-30.0, -4.0, -1.5, -0.3, 0.2, 0.9, 2.5, 6.0, 30.0]
    cases = {"x": points}
    for name, function in functions.items():
        x = torch.tensor(points, requires_grad=True)
        y = function(x)
        y.sum().backward()
        cases[name] = {"y": numbers(y), "gradient": numbers(x.grad)}
    return cases


def losses():
    generator = torch.Generator().manual_seed(4)
    logits = (3 * torch.randn(5, 4, generator=generator)).requires_grad_()
    target = torch.softmax(torch.randn(5, 4, generator=generator), 1)
    labels = F.one_hot(torch.tensor([3, 0, 1, 1, 2]), 4).double()
    weights = torch.tensor([1.0, 0.0, 2.0, 0.5, 1.0])

    def case(value):
        gradient, = torch.autograd.grad(value, logits)
        return {"value": value.item(), "gradient": host(gradient)}

    def weighted(per_example):
        return (per_example * weights).sum() / weights.sum()

    return {
        "logits": host(logits), "target": host(target), "labels": host(labels), "weights": host(weights),
        "crossEntropySoft": case(F.cross_entropy(logits, target)),
        "crossEntropyLabels": case(F.cross_entropy(logits, labels.argmax(1))),
        "crossEntropyWeighted": case(weighted(F.cross_entropy(logits, target, reduction="none"))),
        "meanSquaredError": case(F.mse_loss(logits, target)),
        "meanSquaredErrorWeighted": case(weighted(F.mse_loss(logits, target, reduction="none").mean(1))),
    }


def time_embedding():
    times, half = torch.tensor([0.0, 1.0, 250.0, 999.0]), 4
    angles = times[:, None] * torch.exp(-math.log(1e4) * torch.arange(half) / half)[None]
    return {"times": numbers(times), "cosFirst": host(torch.cat([torch.cos(angles), torch.sin(angles)], 1))}


print(json.dumps({
    "source": f"PyTorch {torch.__version__}, float64",
    "optimisers": optimisers(), "rates": rates(), "plateau": plateau(),
    "batchNorm": batch_norm(), "layerNorm": layer_norm(),
    "activations": activations(), "losses": losses(), "timeEmbedding": time_embedding(),
}))
