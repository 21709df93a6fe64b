"""Loads the code of a function, fresh for each test, as Lambda does for each copy of it."""

import importlib.util
from pathlib import Path

FUNCTIONS = Path(__file__).parents[2] / "assets" / "functions"


def load(name):
    """The module of a function by the name of its folder."""
    spec = importlib.util.spec_from_file_location(name, FUNCTIONS / name / "index.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
