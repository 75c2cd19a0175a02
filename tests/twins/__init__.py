"""Fake platforms over loopback that refuse what the real ones refuse."""
