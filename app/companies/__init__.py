"""Companies: for which company a buyer buys, as its name and its unified social credit code. Clause 1.1.1c.

It is optional and can be emptied at any time. It gives the payer of a remittance something to match (FLOWS.md 3), and
an invoice its title. `names` says when two ways to write a name are one name, `numbers` when a code can be one.
"""
