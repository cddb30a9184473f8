"""The privacy policy as something that runs: its text, its numbers, its pages, the visitor's choices, and the proof.

`policy.current_policy(on)` gives the version in force with texts and digests; `policy.deadline("closure.decision")`
is the only way to learn a time that binds us; `choices.choices_of(request)` says what this browser allows;
`acceptance.accept` writes down who agreed to what. The texts lie as data in `policies/<version>/`, the state of each
clause in `clauses.toml`.
"""
