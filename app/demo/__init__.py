"""Demonstration data: a furnished shop with people, a past and work to do, made by the same acts as the real thing.

`flask demo load` goes step by step, each step skips what is there already, so it may be stopped and repeated; a note in
the ledger says when all of it was done. Passwords and authenticator secrets are published in `people.py`, so the
commands refuse to run in production.
"""
