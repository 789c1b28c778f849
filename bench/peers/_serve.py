"""What the peers of bench/main.ts share: a question per line in JSON, an answer per line in JSON."""

import json
import sys
import time


def serve(cases):
    """Answers {"name", "options", "repeats"} with {"milliseconds"} per repeat until the input ends.

    `cases` maps a name to a function of the options (keyword arguments) that prepares a case and returns a function
    of the number of repeats; only the latter is timed. A case is prepared once per choice of options.
    """
    prepared = {}
    for line in sys.stdin:
        question = json.loads(line)
        key = json.dumps([question["name"], question["options"]], sort_keys=True)
        if key not in prepared:
            prepared[key] = cases[question["name"]](**question["options"])
        started = time.perf_counter()
        prepared[key](question["repeats"])
        milliseconds = (time.perf_counter() - started) * 1000 / question["repeats"]
        print(json.dumps({"milliseconds": milliseconds}), flush=True)
