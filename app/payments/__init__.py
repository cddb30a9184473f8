"""Payments: for now the offline remittance, the way companies pay. No form here asks for card or bank data (1.1.4b).

A remittance has a code of digits with check digits that the payer writes into the transfer's remark; `confirming` is
the finance clerk's act; `vouchers` keeps the picture of the bank slip, sealed under the buyer's key.
"""
