"""Runs the library named on the command line on zeros."""

import sys

import numpy as np
import spiq

model = spiq.load(sys.argv[1])
model(*[np.zeros(info.shape, info.dtype) for info in model.inputs])
