"""Breaches: protection that failed. Who is affected is worked out, each of them is told, and so are the authorities.

A breach is opened at the desk, or from a file, by what leaked (who read it, or which tables), from when to when, and in
both languages cause, possible harm and measures. Opening contains it; two people let the notices go. Nobody is affected
by guess: readers leave entries in the ledger, and a leaked table names the owners of its rows. Clause 5.1.5b.
"""
