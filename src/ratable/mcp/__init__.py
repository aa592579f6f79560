"""The interface for assistants, by the Model Context Protocol: tools that read, with the rights of one person.

Worked example: Cora's assistant runs `ratable mcp --as cora`. It may list reports, read them, explain an entry, ask a
question and see flags, findings and changes, each as far as Cora herself may. No tool changes anything: there is none
to import, approve, post or lock with.
"""
