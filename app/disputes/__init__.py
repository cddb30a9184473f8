"""A member has a dispute with somebody outside and asks the shop to help settle it. Clauses 4.1.1(5), 4.1.4, 4.1.3b.

The member chooses item by item what the other side may see; exactly that is copied and sealed, and nothing else is ever
read for the other side. Staff accept or refuse. The other side opens the case by a link that ends, signs for
confidentiality first, and has a key of its own, which goes with the case.
"""
