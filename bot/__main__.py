"""`python -m bot` is `irang`."""

from bot.cli import main

if __name__ == "__main__":
    main()
