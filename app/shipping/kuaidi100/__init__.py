"""The tracking service Kuaidi100: its protocol, our calls through the share gate, and a stand-in for development.

It is given a carrier's code, a tracking number and, where that carrier asks for it, the last four digits of the
consignee's mobile number; never a name, an address or an order number. Clause 1.1.5b.
"""
