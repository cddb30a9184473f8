"""The counting house: visits, visitors and sources counted exactly, and no identifier of anyone anywhere in it.

The browser remembers, the server adds: a signed cookie under /m/ holds dates and small numbers about the present
visit, `visit.advance` turns it and a hit into the next cookie and a few sums, and the server only ever does
`counter += n`. A hit is first a line in an append-only journal (`journal.py`), then, within a second, a part of the
counters (`fold.py`).

It is a Flask extension of its own (`extension.Analytics`), works in any Flask site and imports nothing of its host.
Still to come, as a slice of its own: place.py (country from the address, in memory).
"""
