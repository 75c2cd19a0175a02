"""How fast it is, against a plain baseline in the same run: `make bench`."""
