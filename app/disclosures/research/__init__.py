"""Research: totals for institutions that ask for them, and nothing that is about anybody. Clause 4.1.1(7).

A request names institution, subject and purpose, comes with its paper and a signed agreement, and is approved by two
people who did not record it. What is given are tables of the release views of closed weeks, as they were published
once (`analytics/release.py`): nobody can ask anything else, and asking again gives the same numbers.
"""
