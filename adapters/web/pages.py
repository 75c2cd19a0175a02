"""The files of the pages: read once, served under fixed names, never by a path that somebody made up."""

from __future__ import annotations

from importlib.resources import files

from starlette.responses import Response
from starlette.routing import Route

_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "svg": "image/svg+xml",
}
# What opens by a name of its own; every other file lies under /page/.
_DOORS = {"index.html": "/", "docs.html": "/docs", "dashboard.html": "/dashboard"}


def pages() -> list[Route]:
    """A route for each file of adapters/web/page/."""
    found = sorted(files(__package__).joinpath("page").iterdir(), key=lambda file: file.name)
    return [_route(file.name, file.read_bytes()) for file in found if file.name.rpartition(".")[2] in _TYPES]


def _route(name: str, content: bytes) -> Route:
    kind = _TYPES[name.rpartition(".")[2]]

    async def serve(_: object) -> Response:
        return Response(content, media_type=kind)

    return Route(_DOORS.get(name, f"/page/{name}"), serve, methods=["GET"], include_in_schema=False)
