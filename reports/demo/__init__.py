"""The demo: an invented district with three campaigns and an earlier round, entered through actions people use."""
