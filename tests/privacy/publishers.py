"""Two managers who approve, and somebody who may not."""

from app.orders.lifecycle import Actor

ONE, ANOTHER = Actor("manager", 9001), Actor("manager", 9002)
CLERK = Actor("clerk", 9003)
