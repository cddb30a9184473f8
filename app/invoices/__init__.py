"""Invoices (发票): saved titles, applications, issuing, red-letter invoices. Issue 4 item 9; clauses 1.1.1c, 5.1.1c.

A buyer applies once for a paid order, as an ordinary (普票) or a special VAT invoice (专票); the title is copied, so
that editing it changes no invoice. The invoice itself is made in the tax authority's system: finance records its number
and day here and keeps its PDF, sealed under the buyer's key. What is taken off an invoiced order is at once owed as a
red-letter invoice, by line. `vat` is the arithmetic, `states` the one table of what may happen.
"""
