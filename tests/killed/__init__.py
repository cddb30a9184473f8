"""The shop killed between any two statements of each act that moves money, stock or parcels. Clause 5.1.1a.

`acts` are the acts, each as a browser or a duty does it. `dying` runs one in a process of its own and kills it there at
the instant that it is told. `stores` puts the store back to what it was before. `trying` goes through every instant,
in a process (`serving`) that the tests ask (`asking`).
"""
