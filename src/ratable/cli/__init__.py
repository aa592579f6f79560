"""The command line: parse what was typed, call one function, print; the only room that knows a terminal."""
