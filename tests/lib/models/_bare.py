"""Runs a model with onnxruntime alone, as _bare.ts does; prints what the file says about itself, too."""
import json
import sys

import numpy
import onnxruntime

model, feeds = sys.argv[1:]
session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
with open(feeds) as file:
    inputs = {
        name: numpy.array(given["data"], dtype=given["dtype"]).reshape(given["shape"])
        for name, given in json.load(file).items()
    }
found = session.run(None, inputs)
outputs = {port.name: value.ravel().tolist() for port, value in zip(session.get_outputs(), found)}
about = json.loads(session.get_modelmeta().custom_metadata_map["refigure"])
print(json.dumps({**outputs, "about": about}))
