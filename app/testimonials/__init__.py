"""Customers' words: what a member asks us to publish about themselves, item by item, and may take back at any time.

Nothing else about anybody stands on a public page. A member writes and chooses, sees exactly what will be public, and
sends it; two people of the staff check it word for word. What is published is what was sent, by its digest; withdrawn
it is gone with the next request, for no page and no process keeps a copy. Whoever says that it shows them hides it at
once. Clauses 1.3, 4.3, 4.3.1.
"""
