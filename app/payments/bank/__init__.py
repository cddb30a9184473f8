"""The bank's statement: read, kept sealed, matched with orders, decided by finance. Clauses 1.1.4b, 1.1.5a; FLOWS.md 3.

`statements` and `matching` are pure: a file becomes lines, a line and the orders that it may be for become a verdict.
`importing` keeps lines as rows, resumes where it was stopped, and keeps no account number. `checking` finds what a row
may be for; `deciding` is what people do with it. Money moves in `app.payments.applying` alone, above the limit by two
people (`app.payments.approving`).
"""
