"""Workbooks coming in: child.py file → cells (in a process of its own), layout.py cells → table, values.py words."""
