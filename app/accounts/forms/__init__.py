"""The forms of accounts: they check shape and hand over clean values."""
