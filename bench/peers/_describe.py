"""Says in JSON which version of a package this Python has, and what its matrix products are computed with."""

import ctypes
import importlib
import json
import os
import re
import sys
import time

SIZE = 1024


def libraries():
    """Paths of the loaded libraries that compute matrix products (Linux tells them)."""
    try:
        with open("/proc/self/maps") as lines:
            paths = {line.split()[-1] for line in lines if ".so" in line}
    except OSError:
        return []
    return sorted({os.path.realpath(path) for path in paths if re.search(r"blas|mkl|blis|atlas", path.lower())})


def openblas(path):
    """What an OpenBLAS says about itself: its version and the kernels it has chosen."""
    library = ctypes.CDLL(path)
    for prefix in ("", "scipy_"):
        for suffix in ("", "64_", "_64"):
            config = getattr(library, f"{prefix}openblas_get_config{suffix}", None)
            core = getattr(library, f"{prefix}openblas_get_corename{suffix}", None)
            if config is None or core is None:
                continue
            config.restype = core.restype = ctypes.c_char_p
            return f"{' '.join(config().decode().split()[:2])}, {core().decode()} kernels"
    return "OpenBLAS"


def blas(paths):
    """The BLAS among loaded libraries, the fastest first; `True` if it is the reference implementation."""
    for path in paths:
        name = os.path.basename(path).lower()
        if "openblas" in path.lower() and "lapack" not in name and "libblas" not in name:
            return openblas(path), False
    for path in paths:
        for part, name in (("mkl", "MKL"), ("blis", "BLIS"), ("atlas", "ATLAS")):
            if part in path.lower():
                return name, False
    if any(os.path.basename(path).startswith("libblas") for path in paths):
        return "reference BLAS", True
    return "unknown BLAS", False


def rate(product):
    """GFLOP/s of a matrix product, the best of four."""
    seconds = []
    for _ in range(4):
        started = time.process_time()
        product()
        seconds.append(time.process_time() - started)
    return 2 * SIZE**3 / min(seconds) / 1e9


def describe(name):
    """The answer for a package."""
    package = importlib.import_module(name)
    about = {"version": package.__version__}
    if name == "torch":
        package.set_num_threads(1)
        a = package.randn(SIZE, SIZE)
        about["gflops"] = rate(lambda: a @ a)
        config = package.__config__.show()
        mkl = re.search(r"Math Kernel Library Version ([\d.]+)", config)
        if mkl is not None:
            about.update(blas=f"MKL {mkl[1]}", reference=False)
        else:
            about["blas"], about["reference"] = blas(libraries())
        capability = re.search(r"CPU capability usage: (\S+)", config)
        if capability is not None:
            about["blas"] += f", own kernels {capability[1]}"
    elif name == "numpy":
        a = package.random.default_rng(0).standard_normal((SIZE, SIZE), dtype=package.float32)
        about["gflops"] = rate(lambda: a @ a)
        about["blas"], about["reference"] = blas(libraries())
    return about


if __name__ == "__main__":
    print(json.dumps(describe(sys.argv[1])))
