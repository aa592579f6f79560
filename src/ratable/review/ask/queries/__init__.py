"""The queries, a module for each room of questions; each is one small function from what is asked to an answer.

Worked example: `balances.balance` reads the entries of the scope, sums what they add to the account through the month,
and gives one sentence, one table and the ids of the entries. The list of all is `ask.library.QUERIES`. Where a row
becomes a sentence Python goes over it; there are never more of them than a person reads.
"""
