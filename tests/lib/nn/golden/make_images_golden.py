"""Writes images.json: what PyTorch computes, in float64, for the parts of lib/nn that work on images.

Images and filters are written as lib/nn has them: channels last, filters [height, width, in, out].
Run once, by hand: python3 make_images_golden.py > images.json
"""

import json

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def host(tensor, order=None):
    tensor = tensor.detach()
    if order is not None:
        tensor = tensor.permute(order)
    return {
        "shape": list(tensor.shape),
        "data": [round(value, 8) for value in tensor.reshape(-1).tolist()],
    }


IMAGE, FILTER = (0, 2, 3, 1), (2, 3, 1, 0)


def layer_case(layer, x, options, weight_order=FILTER):
    """Value and gradients of a layer with weight and bias."""
    generator = torch.Generator().manual_seed(7)
    x = x.clone().requires_grad_()
    y = layer(x)
    cotangent = torch.randn(y.shape, generator=generator)
    layer.zero_grad()
    (y * cotangent).sum().backward()
    return {
        "options": options,
        "weight": host(layer.weight, weight_order), "bias": host(layer.bias),
        "x": host(x, IMAGE), "y": host(y, IMAGE), "cotangent": host(cotangent, IMAGE),
        "xGradient": host(x.grad, IMAGE), "weightGradient": host(layer.weight.grad, weight_order),
        "biasGradient": host(layer.bias.grad),
    }


def convolutions():
    torch.manual_seed(5)
    x = torch.randn(2, 3, 5, 4)
    conv = torch.nn.Conv2d
    return {
        "valid": layer_case(conv(3, 2, 3), x, {}),
        "same": layer_case(conv(3, 2, 3, padding="same"), x, {"padding": "same"}),
        "same, even filter": layer_case(conv(3, 2, (2, 4), padding="same"), x, {"padding": "same"}),
        "padded, stride 2": layer_case(conv(3, 2, (3, 2), padding=1, stride=2), x, {"padding": 1, "stride": 2}),
        "dilated": layer_case(conv(3, 2, 2, dilation=(1, 3)), x, {"dilation": [1, 3]}),
        "circular": layer_case(
            conv(3, 2, (5, 3), padding=(2, 1), padding_mode="circular"), x, {"padding": "circular"}),
        "circular, stride 2": layer_case(
            conv(3, 2, 3, padding=1, stride=2, padding_mode="circular"), x, {"padding": "circular", "stride": 2}),
    }


def depthwise_convolutions():
    """PyTorch's weight is [channels · multiplier, 1, height, width]: split its first axis and put it last."""
    torch.manual_seed(6)
    x = torch.randn(2, 3, 5, 4)
    layer = torch.nn.Conv2d(3, 6, 3, padding=1, groups=3)
    case = layer_case(layer, x, {"padding": 1}, None)
    for key, tensor in (("weight", layer.weight), ("weightGradient", layer.weight.grad)):
        case[key] = host(tensor.reshape(3, 2, 3, 3), (2, 3, 0, 1))
    return {"multiplier 2": case}


def transposed_convolutions():
    torch.manual_seed(8)
    x = torch.randn(2, 3, 3, 4)
    conv = torch.nn.ConvTranspose2d
    return {
        "plain": layer_case(conv(3, 2, (3, 2)), x, {}),
        "stride 2": layer_case(
            conv(3, 2, 3, stride=2, padding=1, output_padding=1), x,
            {"stride": 2, "padding": 1, "outputPadding": 1}),
    }


def pools():
    torch.manual_seed(9)
    x = torch.randn(2, 2, 7, 6)
    cases = []
    for size, stride, padding in ((2, 2, 0), ([3, 2], [2, 1], 1)):
        options = {"size": size, "stride": stride, "padding": padding}
        cases.append({
            "options": options,
            "max": host(F.max_pool2d(x, size, stride, padding), IMAGE),
            "mean": host(F.avg_pool2d(x, size, stride, padding, count_include_pad=False), IMAGE),
        })
    return {"x": host(x, IMAGE), "cases": cases, "global": host(x.mean((2, 3)))}


def batch_norm():
    generator = torch.Generator().manual_seed(10)
    layer = torch.nn.BatchNorm2d(3)
    layer.weight.data = torch.randn(3, generator=generator)
    layer.bias.data = torch.randn(3, generator=generator)
    case = {"scale": host(layer.weight), "offset": host(layer.bias), "steps": []}
    for k in range(2):
        x = (torch.randn(2, 3, 4, 2, generator=generator) * (k + 1) + k).requires_grad_()
        cotangent = torch.randn(2, 3, 4, 2, generator=generator)
        y = layer(x)
        layer.zero_grad()
        (y * cotangent).sum().backward()
        case["steps"].append({
            "x": host(x, IMAGE), "cotangent": host(cotangent, IMAGE), "y": host(y, IMAGE),
            "xGradient": host(x.grad, IMAGE), "scaleGradient": host(layer.weight.grad),
            "offsetGradient": host(layer.bias.grad), "mean": host(layer.running_mean),
            "variance": host(layer.running_var),
        })
    layer.eval()
    x = torch.randn(1, 3, 2, 2, generator=generator)
    case["inference"] = {"x": host(x, IMAGE), "y": host(layer(x), IMAGE)}
    return case


def grid_samples():
    generator = torch.Generator().manual_seed(11)
    x = torch.randn(2, 3, 4, 5, generator=generator)
    grid = 2.6 * torch.rand(2, 3, 4, 2, generator=generator) - 1.3
    cotangent = torch.randn(2, 3, 3, 4, generator=generator)
    case = {"x": host(x, IMAGE), "grid": host(grid), "cotangent": host(cotangent, IMAGE), "cases": []}
    for padding in ("zeros", "border"):
        for align in (False, True):
            a, b = x.clone().requires_grad_(), grid.clone().requires_grad_()
            y = F.grid_sample(a, b, padding_mode=padding, align_corners=align)
            (y * cotangent).sum().backward()
            case["cases"].append({
                "padding": padding, "alignCorners": align, "y": host(y, IMAGE),
                "xGradient": host(a.grad, IMAGE), "gridGradient": host(b.grad),
            })
    return case


print(json.dumps({
    "source": f"PyTorch {torch.__version__}, float64",
    "convolutions": convolutions(), "depthwiseConvolutions": depthwise_convolutions(),
    "transposedConvolutions": transposed_convolutions(), "pools": pools(), "batchNorm": batch_norm(),
    "gridSamples": grid_samples(),
}))
