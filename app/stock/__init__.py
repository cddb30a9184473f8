"""Stock: units by SKU, warehouse and lot, and the ledger of every movement that made them so.

On hand is what lies in the warehouse, held is the part of it that orders have taken and that has not left yet; what
can be sold is the difference. The counters are moved by conditional UPDATEs inside the transaction of the act that
needs the units, each with its row in the ledger, so the ledger always sums to the counters. Services have no stock.
"""
