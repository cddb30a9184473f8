"""Disclosures: what an authority, the protection of people or the public interest may demand of the shop. Chapter 4.

Nothing of this kind leaves without a case. It has a document, a legal basis, a scope of people, fields and days, and
two approvers, neither of whom recorded it. Its package holds that scope and nothing else, encrypted to the recipient's
own key before it touches a disk; the ledger is written first. The people concerned are told, or once the law allows.
"""
