"""Advertisements: campaigns that principals (委托方) pay for, and what they bring. Clauses 2.6, 3.1.1e.

A campaign is one quiet line with the word 广告, on pages of its choice, leading to a page of the shop. How often it was
shown today and that somebody hid it lies in that browser's own `prefs` (`browser_memory.py`). Whether it had an effect
is counted by the counting house, only for browsers that agreed, and as sums (`app.measurement`). Marketers write
campaigns at `/desk/campaigns`; a principal reads closed weeks, rounded, behind a signed link (clause 4.1.3(3)).
"""
