"""What every slice stands on and no trade knows: clock, money, stores, encryption, personal data, audit, jobs, HTTP edge.

Nothing here imports a slice.
"""
