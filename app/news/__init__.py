"""News of the shop in both languages: written at a desk, read by everybody, also by feed readers.

Versions of the policy, the agreement and the rules stand among them by themselves, from the moment they are published
(6.1b). Nothing here is about a person.
"""
