"""Mail to people who confirmed an address: `composing` writes it, `relay` hands it to the relay through the share gate,
`sending` is the sweeper's part, `simulator` stands in for the relay in development. Clauses 5.1.4, 5.2.3, 6.2.
"""
