"""The marketers' pages: a blueprint that the host mounts where it likes, guards, and may wrap in its own layout.

`dashboard_pages(analytics, Site(...))` makes it. Whatever is asked stands in the address (asked.py): days and
comparison (period.py), filters (filters.py), the chosen tabs. A panel (panels.py) is one table (tables.py), shown in
brief on the page, whole at its own address, and given as CSV and JSON (files.py).
"""

from analytics.dashboard.site import Goal, Link, Note, Site
from analytics.dashboard.views import dashboard_pages

__all__ = ["Goal", "Link", "Note", "Site", "dashboard_pages"]
