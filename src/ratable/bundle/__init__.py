"""Bundles on disk: reading and checking them, and writing them."""

from ratable.bundle.reading import Unreadable, read
from ratable.bundle.writing import write

__all__ = ["Unreadable", "read", "write"]
