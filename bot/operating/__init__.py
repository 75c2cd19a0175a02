"""What the running bot tells its operator, and what an operator may do to it."""
