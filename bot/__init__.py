"""The core: no platform, no torch."""
