"""Upkeep of the running shop: encrypted backups, their rehearsed restore, and the page that says how it stands."""
