"""Renders a view's data as HTML or, at the same address with ``.json``, as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from pipeline.definitions.foreign import escaped

NAVIGATION = (  # address, title: the order of the navigation
    ("runde", "Runde"),
    ("eingang", "Eingang"),
    ("bericht", "Bericht"),
    ("versand", "Versand"),
    ("vorlagen", "Vorlagen"),
    ("regeln", "Regeln"),
    ("laeufe", "Protokoll"),
)


@dataclass(frozen=True)
class Page:
    """Data of a page. ``view``: its entry in the navigation; ``wait``: the page reloads when its content
    changes.
    """

    template: str
    view: str
    title: str
    data: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    wait: bool = False


def _visible(value: object) -> object:
    """Text of others with every character made visible; our own markup stays."""
    return escaped(value, keep="\n") if isinstance(value, str) and not isinstance(value, Markup) else value


def moment(text: str | None) -> str:
    """An ISO time as ``28.11.2026, 22:15 Uhr``."""
    return f"{datetime.fromisoformat(text):%d.%m.%Y, %H:%M} Uhr" if text else "–"


def german_day(text: str | None) -> str:
    """An ISO date as ``28.11.2026``."""
    return f"{datetime.fromisoformat(text):%d.%m.%Y}" if text else "–"


ENVIRONMENT = Environment(
    loader=PackageLoader("pipeline.desk"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    finalize=_visible,
)
ENVIRONMENT.filters.update(moment=moment, day=german_day)


def answered(request: Request, page: Page) -> Response:
    """The response to a request: HTML or JSON."""
    if request.url.path.endswith(".json"):
        return JSONResponse({"title": page.title, "wait": page.wait, **page.data}, page.status)
    html = ENVIRONMENT.get_template(page.template).render(
        page=page, base=request.state.base, views=NAVIGATION, **page.data
    )
    return HTMLResponse(html, page.status)
