"""Scores by the bureau's own rules: values read → methods → rows → a result with its trace; pure, exact."""
