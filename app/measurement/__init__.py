"""All that the shop tells the counting house, and the only slice of the shop that knows it. Clauses 3.2, 2.9, 2.10.

A page says its kind, at most a product or category code, its language, whether somebody is signed in, and from what
coarse source the visitor came; the page after a press of "add to cart" says what was put in. It never says who, which
session, which order or which address. No database is asked. The worker tells sums of days that the shop counts itself.
Callers take what they need from the module that is named after it.
"""
