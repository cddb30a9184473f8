"""After-sales cases: something bought goes back, is exchanged, repaired or paid for in part. Issue 4, FLOWS.md 4.

A case is about units of one order line. `lifecycle` is the table of its states, moves and clocks, and decides what
buttons, desk and worker may do; `trade_rules` is the closed list of time limits and tolerances that the pages show.
Every act locks the order first, so that stock, money and case move together. Photographs and messages are sealed under
the buyer's key. Clauses 1.1.6, 1.2.2(2), 5.1.1a.
"""
