"""The language model, where a company wants one: it may route a question and phrase an answer, and nothing else.

Worked example: "how come so little of Acme was earned" fits no query by rule. The model answers {"query":
"why_recognized", "parameters": {"customer": "Acme"}}; the query exists, the name is looked up by the same rules as
always, and the answer is computed as if a person had picked them. No figure of an answer ever comes from a model, no
text of a contract, memo or file ever goes to one, and with none configured everything works.
"""
