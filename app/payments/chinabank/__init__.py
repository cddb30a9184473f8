"""网银在线 (Chinabank), the institution that carries out online payment. Clauses 1.1.4a-c.

`protocol` is pure: what is signed and in which form. `gateway` is the adapter, through the share gate. `simulator` is a
program of its own that stands in for the institution in development; production does not start it.
"""
