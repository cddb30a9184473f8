"""Transfers: people's data go to somebody who keeps them for itself. Clauses 4.2 to 4.2.4.

An operation of its own, off in normal running (TRANSFERS_UNTIL). It takes a case of one of four kinds, with a paper and
two approvers, neither of whom recorded it. Who is in the package follows from the kind: whoever agreed to this very
transferee, whom the law names, who accepted the clause, or in a merger everybody who was told in time. Each passes the
gate with the ledger first; the package is encrypted while it is made, and needs two people to leave the house.
"""
