"""PyTorch peer of bench/cases/matmul.ts."""

import torch
from _serve import serve

torch.set_num_threads(1)


def product(size):
    a = torch.randn(size, size)

    def run(repeats):
        for _ in range(repeats):
            a @ a

    return run


serve({"product": product})
