"""Orders: what was bought, in which parts it leaves, and the life of both.

An order is what the buyer pays. Its parts are what leaves one warehouse under one delivery term. `lifecycle` holds the
states and moves in one table that buttons, acts, desks and tests read; `numbers` makes the order's number; each act
has a file of its own (`cancelling`, `receiving`, `paying`). `app.checkout.placing` makes orders. Clauses 1.1.3, 1.1.5.
"""
