"""People who sign in: buyers and staff.

An account needs a name, a password and the person's own mobile number, proven by a code sent by SMS (1.1.1a-b).
`opening.py` makes accounts, `codes.py` sends and checks SMS codes, `registering.py` is the way in for buyers,
`signing_in.py` and `second_factor.py` let people in, `securing.py` changes passwords and numbers, `telling.py` writes
messages to an account. No answer, code or time tells whether a number or a name is registered.
"""
