"""Errors that are planted in a world, each with a twin that looks like it and is right.

Worked example: the kind `coterm` writes a module that the clause ends with the subscription on 31 December and the row
ends a year after it was added; its twin writes a module whose clause says that it runs for a year of its own.
"""
