"""Search in both languages: a full-text index of the catalogue, and understanding of what people type.

`instance/search.db` is made from the catalogue and can be thrown away at any time. Text is cut here, not by SQLite: one
token for each Han character, runs of letters and of digits apart, `+` a token of its own; the same cutter cuts the
query. Words that name a brand, a coin, a cooling and so on, and figures with a unit ("110T 以上", "<30 J/T"), become
filters of the shelf; the rest is looked up as phrases. Whatever is typed is only text.
"""
