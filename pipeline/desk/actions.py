"""What the forms do: hand in, withdraw, let a command run, cancel it, open a file, end."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.desk import withdrawal
from pipeline.desk.context import Context, today
from pipeline.desk.forms import Form, Upload, form_of
from pipeline.desk.intake import lay_down
from pipeline.desk.orders import ORDERS, Order, Unclear, merged, migrated, sample_read
from pipeline.desk.page import Page, answered
from pipeline.desk.place import Place


def _to(request: Request, address: str) -> Response:
    return RedirectResponse(f"{request.state.base}/{address}", 303)


# --- the desk itself ----------------------------------------------------------------------------------


async def beat(context: Context, request: Request) -> Response:
    """A tab says that it is there, or that it is left."""
    tab = request.query_params.get("tab", "")[:64]
    if request.query_params.get("ende"):
        context.life.gone(tab)
    elif tab:
        context.life.seen(tab)
    return Response(status_code=204)


async def end(context: Context, request: Request) -> Response:
    context.life.ended = True
    text = "Sie können das Fenster schließen. Ein laufender Auftrag wird noch zu Ende gebracht."
    return answered(request, Page("ended.html.j2", "", "Beendet", {"text": text}))


async def open_in_system(context: Context, request: Request) -> Response:
    async with form_of(request, context.place.own) as form:
        path = context.place.file(form.get("name"))
        back = form.get("back")
    if path is None:
        raise Unclear("Diese Datei gibt es nicht.")
    if not await run_in_threadpool(context.opener, path):
        raise Unclear(f"{path.name} ließ sich nicht öffnen. Die Datei liegt in {path.parent}.")
    known = back.replace("/", "").replace("-", "").isalnum()
    return _to(request, back if known else "runde")


# --- runs ---------------------------------------------------------------------------------------------


def _started(context: Context, request: Request, order: Order) -> Response:
    run = context.runs.start(order.title, order.arguments, order.done)
    return _to(request, f"laeufe/{run.id}")


async def order(context: Context, request: Request) -> Response:
    async with form_of(request, context.place.own) as form:
        make = ORDERS.get(form.get("order"))
        if make is None:
            raise Unclear("Diesen Auftrag gibt es nicht.")
        wanted = make(form, context.place)
    return _started(context, request, wanted)


async def cancel(context: Context, request: Request) -> Response:
    wanted = request.path_params["run"]
    await run_in_threadpool(context.runs.cancel, wanted)
    return _to(request, f"laeufe/{quote(wanted, safe='')}")


# --- received files -----------------------------------------------------------------------------------


async def receive(context: Context, request: Request) -> Response:
    """Lay files down and lead to what was found in them."""
    async with form_of(request, context.place.own) as form:
        uploads = form.uploads("files")
        if not uploads:
            raise Unclear("Wählen Sie mindestens eine Datei aus.")
        folder = context.place.received / today().isoformat()
        laid = await run_in_threadpool(lay_down, uploads, folder)
    names = [path.relative_to(context.place.received).as_posix() for path in laid]
    return _to(request, f"eingang?neu={context.batches.add(names)}")


async def withdraw(context: Context, request: Request) -> Response:
    async with form_of(request, context.place.own) as form:
        entry = (form.get("sha256"), form.get("reason"), form.get("by"))
    await run_in_threadpool(withdrawal.withdraw, context.place.rules, *entry, today())
    return _to(request, "eingang")


# --- workbooks that a command reads -------------------------------------------------------------------


async def migrate(context: Context, request: Request) -> Response:
    return await _with_uploads(context, request, ("files",), migrated)


async def merge(context: Context, request: Request) -> Response:
    return await _with_uploads(context, request, ("one", "other"), merged)


async def read_sample(context: Context, request: Request) -> Response:
    return await _with_uploads(context, request, ("visit",), sample_read)


async def _with_uploads(
    context: Context, request: Request, fields: tuple[str, ...], make: Callable[[list[str], Form], Order]
) -> Response:
    """Start what ``make`` orders for the files of these fields, by their paths."""
    context.runs.refuse_if_busy()
    async with form_of(request, context.place.own) as form:
        uploads = [upload for name in fields for upload in form.uploads(name)]
        if len(uploads) < len(fields):
            raise Unclear("Wählen Sie die Mappen aus.")
        order = make(await run_in_threadpool(_laid, context.place, uploads), form)
    return _started(context, request, order)


def _laid(place: Place, uploads: list[Upload]) -> list[str]:
    """Where the command finds them: each in a folder of its own, for two may have one name."""
    place.clear_sources()
    laid = [lay_down([one], place.sources / str(number))[0] for number, one in enumerate(uploads)]
    return [place.named(path) for path in laid]
