"""The desks of the staff, above every other slice: what needs doing today, orders, remittances, goods, stock, staff.

A desk shows and presses; the rules it presses belong to the slices below (`orders`, `payments`, `shipping`, `stock`,
`catalog`, `accounts`), which write the ledger themselves. What the desk owns is the list of what needs doing
(`today.py`), the way to find an order (`finding.py`), and the one way in which staff see a whole consignee
(`unmasking.py`, clauses 1.1.6 and 5.1.1d). Who may open what is `app/foundation/permissions.py`.
"""
