"""NumPy peer of bench/cases/weight_sharing.ts."""

import numpy
from _serve import serve


def sort(size):
    w = numpy.random.default_rng(0).standard_normal(size, dtype=numpy.float32)

    def run(repeats):
        for _ in range(repeats):
            numpy.sort(w)

    return run


serve({"sort": sort})
