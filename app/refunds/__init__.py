"""Refunds: an order comes to cost less, and what is then paid too much goes back the way it came. 1.1.5a; FLOWS.md 4.

Somebody asks by line, quantity and freight (`asking`); from then on the units asked for do not leave. Another person
approves (`approving`): the order costs less, units that never left are in stock again, and money is promised back.
Finance sends it and writes down the bank's or institution's own number (`paying`). What no order could use goes back
by the same steps (`surplus`).

No money moves by one person's hand. Who asked cannot approve. Where a buyer or the clock asked, who approved cannot
pay out; so two members of staff have seen every refund before money leaves.
"""
