"""Yunshang (矿机云商), the shop: people, machines, orders, money, parcels and the policy that governs them.

One folder per noun of the trade, each with the same floors: models at the bottom, acts and queries above,
forms and views on top. `factory.create_app` wires them; `measurement` alone knows the counting house.
"""
