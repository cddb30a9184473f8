"""Checkout: the address book, the review with prices taken anew, and placing the order in one transaction.

`quoting` says what a cart costs to a province, the same for the review and for the order; `placing` is the act.
Clauses 1.1.3a-c, 1.1.5b. Members only; guests are led to sign in and back.
"""
