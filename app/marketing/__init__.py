"""What marketers write beside the figures: notes on a day ("price cut") and goals (a page or a step to be reached).

Both are theirs and lie in the shop store; the counting house is handed them when it draws the dashboard, and keeps
none of it. They say nothing about any person.
"""
