"""How the shop is run: the starter behind `make run`, and what it is started with elsewhere."""
