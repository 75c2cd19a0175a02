"""Everything that can go wrong by name.

IrangError
├── ConfigError          the settings can't be used: one line for each fault
├── InUse                another process holds the data folder
├── StoreError           the database is damaged or newer than this program
│   └── Unusable         it broke while we ran, and only a new start mends that
├── Deaf                 a platform hears nothing, however often it was begun anew
├── PlatformError        a call to Telegram, Discord, … failed
│   ├── Throttled        too fast: wait `retry_after` seconds, this chat alone unless `everywhere`
│   ├── Unreachable      surely not accepted (no connection, 502): try again later
│   ├── Uncertain        sent, and no answer came: it may have been accepted
│   ├── Refused          will never be accepted (blocked, kicked, deleted, malformed)
│   ├── Moved            the chat has a new id
│   └── BadToken         the platform doesn't know this token
├── SourceError          an outside source of facts (weather, rates, stocks) gave none: which one, and what happened
│   ├── SourceBusy       it wants to be left alone for `retry_after` seconds
│   ├── SourceRefused    it doesn't accept us: a key or a contact that the operator has to mend
│   └── NotThere         it knows no such thing: asking again won't help
├── ModelRefused         a model folder or version that will not be used: what is wrong with it
├── Unreadable           a document of the knowledge folder that can't be read: what is wrong with it
└── BackendError         the model can't answer
    ├── BackendDown      nobody listens, or it died on the way: try again later
    ├── BackendBusy      its queue is full
    └── BackendRefused   it will never take this prompt
"""

from __future__ import annotations

from collections.abc import Sequence


class IrangError(Exception):
    """The root: its text is fit for an operator and holds no secret and nothing that people wrote."""


class ConfigError(IrangError):
    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


class InUse(IrangError):
    pass


class StoreError(IrangError):
    pass


class Unusable(StoreError):
    def __init__(self, fault: str) -> None:
        super().__init__(
            f"the database can't be used any more ({fault}): ending, to be started anew; a damaged one is put aside"
            " then, and the newest good backup restored"
        )


class Deaf(IrangError):
    def __init__(self, platform: str, note: str) -> None:
        super().__init__(f"{platform}: deaf in spite of restarts ({note or 'silent'}): ending, to be started anew")


class PlatformError(IrangError):
    pass


class Throttled(PlatformError):
    def __init__(self, retry_after: float, *, everywhere: bool = False) -> None:
        super().__init__(f"too many calls: wait {retry_after:g} s")
        self.retry_after = retry_after
        self.everywhere = everywhere


class Unreachable(PlatformError):
    pass


class Uncertain(PlatformError):
    pass


class Refused(PlatformError):
    pass


class Moved(PlatformError):
    def __init__(self, chat: str) -> None:
        super().__init__(f"the chat is {chat} now")
        self.chat = chat


class BadToken(PlatformError):
    pass


class SourceError(IrangError):
    """`source` is its name, `fault` what happened: both fit for people, without key, address or what they wrote."""

    def __init__(self, source: str, fault: str) -> None:
        super().__init__(f"{source}: {fault}")
        self.source = source
        self.fault = fault


class SourceBusy(SourceError):
    def __init__(self, source: str, retry_after: float) -> None:
        super().__init__(source, f"too many requests: wait {retry_after:g} s")
        self.retry_after = retry_after


class SourceRefused(SourceError):
    pass


class NotThere(SourceError):
    pass


class ModelRefused(IrangError):
    pass


class Unreadable(IrangError):
    pass


class BackendError(IrangError):
    pass


class BackendDown(BackendError):
    pass


class BackendBusy(BackendError):
    pass


class BackendRefused(BackendError):
    pass
