"""What holds for every test: Hypothesis repeats itself, and nothing reaches a network."""

import importlib
import pkgutil
import sys
from typing import Any

from hypothesis import settings

import ratable

# Hypothesis tries the constants that it finds in whatever is loaded. All is loaded first, so that what it tries does
# not hang on which tests share a process.
for module in pkgutil.walk_packages(ratable.__path__, "ratable."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)

settings.register_profile("check", derandomize=True, deadline=None)
settings.register_profile("fuzz", deadline=None, print_blob=True)
settings.load_profile("check")


def refuse_network(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: a socket of this machine's own file system is allowed, every other connection is refused."""
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        raise RuntimeError(f"a test tried to reach {arguments[1]}; tests read recorded data and no network")


sys.addaudithook(refuse_network)
