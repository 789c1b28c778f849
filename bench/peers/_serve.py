"""Serves the peers of bench/main.ts: a question per line in JSON, an answer per line in JSON."""

import importlib
import json
import sys
import time

_offered = []
# Whether the question at hand wants torch.compile, and how many functions it was used on.
_compile, _compiled = False, 0


def compiled(function):
    """The function, by torch.compile where that is wanted."""
    global _compiled
    if not _compile:
        return function
    import torch

    _compiled += 1
    return torch.compile(function)


def serve(cases):
    """Offers the cases of a script, once, when it is imported.

    `cases` maps a name to a function of the options (keyword arguments) that prepares a case and returns a function
    of the number of repeats; only the latter is timed. A case is prepared once per choice of options.
    """
    _offered.append(cases)


def answer():
    """Answers {"script", "name", "options", "repeats", "compile", "clock"} with {"milliseconds"} until the input ends.

    They are milliseconds per repeat, or null where torch.compile is wanted and cannot be had: the script compiles
    nothing, or PyTorch fails at it.
    """
    global _compile, _compiled
    scripts, prepared = {}, {}
    for line in sys.stdin:
        question = json.loads(line)
        script, name = question["script"], question["name"]
        if script not in scripts:
            importlib.import_module(script.removesuffix(".py"))
            scripts[script] = _offered.pop()
        key = json.dumps([script, name, question["options"]], sort_keys=True)
        _compile = question["compile"]
        if key not in prepared:
            _compiled = 0
            prepared[key] = scripts[script][name](**question["options"])
            if _compile:
                prepared[key] = warm(prepared[key], name) if _compiled > 0 else None
        milliseconds = None
        if prepared[key] is not None:
            clock = time.process_time if question["clock"] == "processor" else time.perf_counter
            started = clock()
            prepared[key](question["repeats"])
            milliseconds = (clock() - started) * 1000 / question["repeats"]
        print(json.dumps({"milliseconds": milliseconds}), flush=True)


def warm(run, name):
    """What was given, compiled by a first run; None where PyTorch cannot."""
    try:
        run(2)
        return run
    except Exception as error:
        print(f"torch.compile fails at {name}: {str(error).splitlines()[0]}", file=sys.stderr)
        return None


if __name__ == "__main__":
    # The scripts know this file by its name.
    importlib.import_module("_serve").answer()
