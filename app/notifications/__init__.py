"""Messages to people: on the site, by SMS, and by mail to whoever confirmed an address (`mail`).

An act calls `notify` inside its own transaction, which writes encrypted outbox rows; the worker's sweeper sends them
each second and tries again when the SMS service is away. What may be said is the closed table of `texts.py`, in both
languages; an SMS holds no password, no full number and no address (clause 5.1.4). `aliyun.py` speaks the service's
real protocol through the share gate; `python -m app.notifications.simulator` stands in for the service in development.
"""
