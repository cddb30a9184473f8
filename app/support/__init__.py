"""Questions and help: the contact page, whose messages become tickets with a clock, and the help pages.

Guests write without an account and without a cookie; their message is sealed under a key of its own, and the address
of the ticket, which nobody can guess, is their way back to the answer. Clauses P.4, 7.1, 7.2a.
"""
