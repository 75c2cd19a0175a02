"""The web as a platform: an HTTP API and a chat page on it."""

from adapters.web.keys import Keys, keys
from adapters.web.place import Taken
from adapters.web.platform import Web

__all__ = ["Keys", "Taken", "Web", "keys"]
