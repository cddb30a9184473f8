"""The tables of the shop's stores as a history of changes, one folder a store."""
