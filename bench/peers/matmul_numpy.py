"""NumPy peer of bench/cases/matmul.ts."""

import numpy
from _serve import serve


def product(size):
    a = numpy.random.default_rng(0).standard_normal((size, size), dtype=numpy.float32)

    def run(repeats):
        for _ in range(repeats):
            a @ a

    return run


serve({"product": product})
