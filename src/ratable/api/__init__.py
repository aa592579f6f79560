"""The interface for programs: the same tables, reports and acts as on the command line, over HTTP."""
