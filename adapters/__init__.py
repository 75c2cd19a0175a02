"""One module per platform; each says in facts what its platform can do."""
