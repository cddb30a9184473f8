"""The catalogue: brands, categories, products (one page per model) and their SKUs (one per hashrate variant).

Facts come in through `flask catalog import FILE`; what is offered (price, condition, minimum quantity, spot or
futures) is set by the goods desk or by the seeded rule of `offers.py`. Shoppers read it through `facets.py`, an
index held in memory that is rebuilt when the catalogue version moves, and through `queries.py`, which loads what one
page shows. Nothing here is about a person, except the wish to be told when something is back (`waiting.py`).

Unknown facts are NULL and stay "-" on the page. Figures are exact integers in their base unit (see `units.py`).
"""
