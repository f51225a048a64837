"""Pages of the campaigns room, a module for each thing they are about."""
