"""What every slice stands on and no trade knows: clock, money, stores, encryption, personal data, ledger, HTTP edge.

Nothing here imports a slice.
"""
