"""Shipping: provinces, the freight tariff, estimates, carriers, and handing a paid part over to one of them.

`provinces` reads the province out of an address, `tariff` is the price list, `estimates` joins the two; `handing_over`
is the clerk's act. Estimates are pure: the product page, the checkout and the tests call the same function.
"""
