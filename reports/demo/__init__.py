"""The demo: one invented district with three campaigns, entered through the same actions people use."""
