"""The public benchmark of the review: invented companies with planted errors and their legitimate twins.

Worked example: world 7 has 143 contracts over 18 months, 9 planted errors and 9 twins. A review of its snapshot that
names 8 of the errors has found 89% of them; one flag on a twin is one false flag. The truth of a world stands beside
its snapshot, never inside it.
"""
