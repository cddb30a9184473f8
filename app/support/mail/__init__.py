"""Mail that becomes tickets: `reading` makes text of any bytes, `judging` tells what it is, `taking_in` keeps it once,
`folders` finds it in a maildir, an mbox or a folder of files. Clause 7.1.
"""
