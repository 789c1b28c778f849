"""Serves the peers of bench/main.ts: a question per line in JSON, an answer per line in JSON."""

import importlib
import json
import sys
import time

_offered = []


def serve(cases):
    """Offers the cases of a script, once, when it is imported.

    `cases` maps a name to a function of the options (keyword arguments) that prepares a case and returns a function
    of the number of repeats; only the latter is timed. A case is prepared once per choice of options.
    """
    _offered.append(cases)


def answer():
    """Answers {"script", "name", "options", "repeats"} with {"milliseconds"} per repeat until the input ends."""
    scripts, prepared = {}, {}
    for line in sys.stdin:
        question = json.loads(line)
        script, name = question["script"], question["name"]
        if script not in scripts:
            importlib.import_module(script.removesuffix(".py"))
            scripts[script] = _offered.pop()
        key = json.dumps([script, name, question["options"]], sort_keys=True)
        if key not in prepared:
            prepared[key] = scripts[script][name](**question["options"])
        started = time.perf_counter()
        prepared[key](question["repeats"])
        milliseconds = (time.perf_counter() - started) * 1000 / question["repeats"]
        print(json.dumps({"milliseconds": milliseconds}), flush=True)


if __name__ == "__main__":
    # The scripts know this file by its name.
    importlib.import_module("_serve").answer()
