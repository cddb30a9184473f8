"""The really started shop in a real browser: every kind of page, and what only a browser shows."""
