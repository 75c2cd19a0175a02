"""Versioned rules that make raw lines fit to learn from: the version is written into a set's manifest."""
