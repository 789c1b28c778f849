"""scikit-learn peer of bench/cases/weight_sharing.ts: isotonic regression of the sorted weights and their shifts."""

import numpy
from _serve import serve
from sklearn.isotonic import isotonic_regression

ALPHA = 0.01


def prox(size):
    w = numpy.random.default_rng(0).standard_normal(size, dtype=numpy.float32)
    v = ALPHA * (size - 1 - 2 * numpy.arange(size)) / (size - 1)

    def run(repeats):
        for _ in range(repeats):
            isotonic_regression(numpy.sort(w) + v)

    return run


serve({"prox": prox})
