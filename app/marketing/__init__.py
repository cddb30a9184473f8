"""What marketers write beside the figures: notes on a day ("price cut"), goals (a page or a step to be reached), and
the links that they spread, by whose UTM values visits are counted.

All are theirs and lie in the shop store; the counting house is handed them when it draws the dashboard, and keeps
none of it. They say nothing about any person.
"""
