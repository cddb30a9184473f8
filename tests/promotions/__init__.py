"""Campaigns of principals: at the page, in the browser's memory, on the desk, in the figures."""
