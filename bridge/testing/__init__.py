"""Shipped contract suites and fakes, for this project and for authors of adapters."""
