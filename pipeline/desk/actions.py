"""Handlers of the forms: hand in, withdraw, start or cancel a command, open a file, end the desk."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.desk import withdrawal
from pipeline.desk.desk_context import DeskContext
from pipeline.desk.intake import lay_down
from pipeline.desk.orders import ORDERS, Order, Unclear, merge_order, migrate_order, read_sample_order
from pipeline.desk.page import Page, answered
from pipeline.desk.place import Place
from pipeline.desk.posted_form import PostedForm, Upload, posted_form
from pipeline.disk.clock import today


def _to(request: Request, address: str) -> Response:
    return RedirectResponse(f"{request.state.base}/{address}", 303)


# --- the desk itself ----------------------------------------------------------------------------------


async def beat(context: DeskContext, request: Request) -> Response:
    """A tab reports that it is open, or that it is being left (desk.js)."""
    tab = request.query_params.get("tab", "")[:64]
    if request.query_params.get("ende"):
        context.life.gone(tab)
    elif tab:
        context.life.seen(tab)
    return Response(status_code=204)


async def end(context: DeskContext, request: Request) -> Response:
    """Ends the desk; a run that is under way still completes."""
    context.life.ended = True
    text = "Sie können das Fenster schließen. Ein laufender Auftrag wird noch zu Ende gebracht."
    return answered(request, Page("ended.html.j2", "", "Beendet", {"text": text}))


async def open_in_system(context: DeskContext, request: Request) -> Response:
    """Opens a file of the working folder in the program that the system has for it."""
    async with posted_form(request, context.place.own) as form:
        path = context.place.file(form.get("name"))
        back = form.get("back")
    if path is None:
        raise Unclear("Diese Datei gibt es nicht.")
    if not await run_in_threadpool(context.opener, path):
        raise Unclear(f"{path.name} ließ sich nicht öffnen. Die Datei liegt in {path.parent}.")
    known = back.replace("/", "").replace("-", "").isalnum()
    return _to(request, back if known else "runde")


# --- runs ---------------------------------------------------------------------------------------------


def _started(context: DeskContext, request: Request, order: Order) -> Response:
    run = context.runs.start(order.title, order.arguments, order.done)
    return _to(request, f"laeufe/{run.id}")


async def order(context: DeskContext, request: Request) -> Response:
    """Starts the command that a form asks for."""
    async with posted_form(request, context.place.own) as form:
        make = ORDERS.get(form.get("order"))
        if make is None:
            raise Unclear("Diesen Auftrag gibt es nicht.")
        wanted = make(form, context.place)
    return _started(context, request, wanted)


async def cancel(context: DeskContext, request: Request) -> Response:
    """Cancels a run."""
    wanted = request.path_params["run"]
    await run_in_threadpool(context.runs.cancel, wanted)
    return _to(request, f"laeufe/{quote(wanted, safe='')}")


# --- received files -----------------------------------------------------------------------------------


async def receive(context: DeskContext, request: Request) -> Response:
    """Stores uploaded files in the folder of received files, then shows the inbox with what was found in
    them.
    """
    async with posted_form(request, context.place.own) as form:
        uploads = form.uploads("files")
        if not uploads:
            raise Unclear("Wählen Sie mindestens eine Datei aus.")
        folder = context.place.received / today().isoformat()
        laid = await run_in_threadpool(lay_down, uploads, folder)
    names = [path.relative_to(context.place.received).as_posix() for path in laid]
    return _to(request, f"eingang?neu={context.batches.add(names)}")


async def withdraw(context: DeskContext, request: Request) -> Response:
    """Enters a withdrawal into rules/ruecknahmen.yaml."""
    async with posted_form(request, context.place.own) as form:
        entry = (form.get("sha256"), form.get("reason"), form.get("by"))
    await run_in_threadpool(withdrawal.withdraw, context.place.rules, *entry, today())
    return _to(request, "eingang")


# --- workbooks that a command reads -------------------------------------------------------------------


async def migrate(context: DeskContext, request: Request) -> Response:
    """Starts ``kisi migrate`` for uploaded workbooks."""
    return await _with_uploads(context, request, ("files",), migrate_order)


async def merge(context: DeskContext, request: Request) -> Response:
    """Starts ``kisi merge`` for two uploaded workbooks."""
    return await _with_uploads(context, request, ("one", "other"), merge_order)


async def read_sample(context: DeskContext, request: Request) -> Response:
    """Starts ``kisi sample`` reading back an uploaded sheet of a visit."""
    return await _with_uploads(context, request, ("visit",), read_sample_order)


async def _with_uploads(
    context: DeskContext,
    request: Request,
    fields: tuple[str, ...],
    make: Callable[[list[str], PostedForm], Order],
) -> Response:
    """Starts what ``make`` returns for the paths of the files uploaded in these fields."""
    context.runs.refuse_if_busy()
    async with posted_form(request, context.place.own) as form:
        uploads = [upload for name in fields for upload in form.uploads(name)]
        if len(uploads) < len(fields):
            raise Unclear("Wählen Sie die Mappen aus.")
        order = make(await run_in_threadpool(_laid, context.place, uploads), form)
    return _started(context, request, order)


def _laid(place: Place, uploads: list[Upload]) -> list[str]:
    """Stores uploads for a command, each in a folder of its own as names may repeat; returns their paths."""
    place.clear_sources()
    laid = [lay_down([one], place.sources / str(number))[0] for number, one in enumerate(uploads)]
    return [place.named(path) for path in laid]
