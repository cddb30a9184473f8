"""Machines that one person may want, from what they looked at and searched for: only where they switched it on.

Clauses 2.5, 2.8, 3.2(2). What was viewed is remembered by the browser alone (`app.privacy.prefs`), searches by the
browser or the member's search history, which opens for this purpose through the gate of `app.privacy.personal_service`.
Nothing of it is stored, counted or told to anybody. Each block says why it is there and has its switch on it. Prices,
stock and terms come from the same rows as everywhere, so there is nothing by which they could differ.
"""
