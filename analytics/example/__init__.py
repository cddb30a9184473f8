"""A site of another trade with a counting house of its own: `python -m analytics.example` opens it on port 8080."""
