"""What the command line refuses, with one sentence for the person who typed it."""


class Refusal(Exception):
    """Wrong usage or unreadable input: the message goes to standard error, the exit status is 2."""
