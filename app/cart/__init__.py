"""The cart: a guest's in a signed cookie and nowhere else, a member's in rows on the server. Clauses 3.1.1a, 1.1.3a.

`holding` gives both the same face, `changing` has the acts, `fitting` the arithmetic of minimum order and stock,
`merging` the one function for every way of signing in, `contents` what the page shows. Prices are the shop's own.
"""
