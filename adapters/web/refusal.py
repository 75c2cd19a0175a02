"""How a request is refused: one form for every fault, with a sentence that tells the fix."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse

from bot.locale import Locale


class Refusal(Exception):
    """`kind` is for programs and names the sentence too: `web_` + kind in the locale, filled with `values`."""

    def __init__(self, status: int, kind: str, *, headers: Mapping[str, str] | None = None, **values: object) -> None:
        super().__init__(kind)
        self.status = status
        self.kind = kind
        self.headers = dict(headers or {})
        self.values = values

    def response(self, locale: Locale) -> JSONResponse:
        message = locale(f"web_{self.kind}", **self.values)
        return JSONResponse({"error": {"message": message, "type": self.kind}}, self.status, headers=self.headers)


def too_many(seconds: float) -> Refusal:
    """`seconds` until the next request is welcome."""
    wait = max(1, round(seconds + 0.5))
    return Refusal(429, "too_many_requests", headers={"Retry-After": str(wait)}, seconds=wait)
