"""uebersicht.html: a self-contained overview page for the project lead.

Text from municipalities is escaped by the template engine; style and script are the page's own, allowed by
their hash and nothing else (Content-Security-Policy). The same outcome gives the same bytes. Contract:
results.md, "What report writes".
"""

from __future__ import annotations

import hashlib
from base64 import b64encode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipeline.definitions.foreign import escaped
from pipeline.definitions.messages import german_date
from pipeline.outcome import Outcome
from pipeline.report.html.overview_page import page

__all__ = ["OVERVIEW_FILE", "overview_html"]

OVERVIEW_FILE = "uebersicht.html"


def overview_html(outcome: Outcome) -> str:
    """The whole page."""
    loader = PackageLoader("pipeline.report.html")
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible,
    )
    environment.filters["german_date"] = german_date
    style, script = (_own(loader, environment, name) for name in ("style.css", "filter.js"))
    template = environment.get_template("page.html.j2")
    return template.render(
        page=page(outcome), style=style, script=script, style_hash=_hash(style), script_hash=_hash(script)
    )


def _visible(value: object) -> object:
    """Text of others with every character made visible; our own markup stays."""
    return escaped(value, keep="\n") if isinstance(value, str) and not isinstance(value, Markup) else value


def _own(loader: PackageLoader, environment: Environment, name: str) -> Markup:
    """One of our own files, inserted unescaped: it holds nothing from outside."""
    return Markup(loader.get_source(environment, name)[0])  # noqa: S704


def _hash(text: str) -> str:
    """Source expression of an inline element in a Content-Security-Policy."""
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
