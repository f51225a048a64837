"""Measures the app on generated data and writes docs/benchmarks.md: python -m scripts.bench --help."""
