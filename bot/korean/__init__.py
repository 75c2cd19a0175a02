"""Korean as people write it."""
