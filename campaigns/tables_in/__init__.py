"""Published tables coming in: reading.py file → rows, checking.py rows → table, loading.py table → campaign."""
