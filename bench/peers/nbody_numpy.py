"""A simulation of the charged N-body benchmark in NumPy, vectorised over pairs, one simulation at a time."""

import numpy
from _serve import serve


def simulation(particles, steps):
    random = numpy.random.RandomState(43)

    def forces(x, products):
        squares = (x * x).sum(0)
        distances = squares[:, None] + squares[None, :] - 2 * x.T @ x
        numpy.fill_diagonal(distances, 1)
        size = products / distances**1.5
        numpy.fill_diagonal(size, 0)
        return numpy.clip((size * (x[:, :, None] - x[:, None, :])).sum(-1), -100, 100)

    def run(repeats):
        for _ in range(repeats):
            charges = random.choice([-1.0, 1.0], particles)
            products = numpy.outer(charges, charges)
            x = random.randn(3, particles) * (particles / 5) ** (1 / 3)
            v = random.randn(3, particles)
            v *= 0.5 / numpy.sqrt((v * v).sum(0))
            for _ in range(steps):
                v = v + 0.001 * forces(x, products)
                x = x + 0.001 * v
            random.randn(2 * 49 * 3 * particles)

    return run


serve({"simulation": simulation})
