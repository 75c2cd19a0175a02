"""One file = one command, in its COMMAND."""
