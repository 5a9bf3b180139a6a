"""The desk as an ASGI application: routes, handlers and the objects they share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from pipeline.desk import actions
from pipeline.desk.desk_context import DeskContext
from pipeline.desk.faults import HANDLERS
from pipeline.desk.files import served
from pipeline.desk.folder_states import FolderStates
from pipeline.desk.life import Life
from pipeline.desk.opening import open_file
from pipeline.desk.page import Page, answered
from pipeline.desk.place import Place
from pipeline.desk.posted_form import clear_leftovers
from pipeline.desk.runs import Runs
from pipeline.desk.server import DeskServer, RequestLimits
from pipeline.desk.views import blanks, board, dispatch, inbox, log, reports, rulebook

View = Callable[[DeskContext, Request], Page]
VIEWS: tuple[tuple[str, View], ...] = (
    ("/runde", board.round_page),
    ("/runde/{ags:str}", board.member_page),
    ("/eingang", inbox.inbox_page),
    ("/bericht", reports.reports_page),
    ("/versand", dispatch.dispatch_page),
    ("/versand/{day:str}/{name:path}", dispatch.draft_page),
    ("/vorlagen", blanks.blanks_page),
    ("/regeln", rulebook.rulebook_page),
    ("/laeufe", log.log_page),
    ("/laeufe/{run:str}", log.run_page),
)


class Desk:
    """The application. ``look``: command that prints the state of a working folder (``state``)."""

    def __init__(
        self,
        place: Place,
        look: Sequence[str],
        *,
        life: Life | None = None,
        opener: Callable[[Path], bool] = open_file,
        commands: frozenset[str] = frozenset(),
    ) -> None:
        self.context = DeskContext(
            place, Runs(place), FolderStates(place, look), life or Life(), opener, commands
        )
        clear_leftovers(place.own)
        place.clear_sources()
        self.app = _app(self.context)

    def server(self, limits: RequestLimits | None = None) -> DeskServer:
        runs = self.context.runs
        return DeskServer(self.app, self.context.life, lambda: runs.current is not None, limits)

    def close(self) -> None:
        """Cancels what is under way and waits until it has tidied up."""
        self.context.states.close()
        self.context.runs.cancel_all()
        self.context.place.clear_sources()


def _app(context: DeskContext) -> Starlette:
    routes: list[Route | Mount] = [
        Route("/", partial(_home, context)),
        Route("/takt", partial(actions.beat, context), methods=["POST"]),
        Route("/ende", partial(actions.end, context), methods=["POST"]),
        Route("/eingang", partial(actions.receive, context), methods=["POST"]),
        Route("/eingang/ruecknahme", partial(actions.withdraw, context), methods=["POST"]),
        Route("/vorlagen/uebertragen", partial(actions.migrate, context), methods=["POST"]),
        Route("/vorlagen/zusammenfuehren", partial(actions.merge, context), methods=["POST"]),
        Route("/bericht/stichprobe", partial(actions.read_sample, context), methods=["POST"]),
        Route("/laeufe", partial(actions.order, context), methods=["POST"]),
        Route("/laeufe/{run:str}/abbrechen", partial(actions.cancel, context), methods=["POST"]),
        Route("/oeffnen", partial(actions.open_in_system, context), methods=["POST"]),
        Route("/datei/{name:path}", partial(_file, context)),
        Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
    ]
    for address, view in VIEWS:
        endpoint = partial(_view, context, view)
        routes += [Route(f"{address}.json", endpoint), Route(address, endpoint)]
    return Starlette(routes=routes, exception_handlers=HANDLERS)


async def _view(context: DeskContext, view: View, request: Request) -> Response:
    context.life.asked()
    return answered(request, await run_in_threadpool(view, context, request))


async def _home(context: DeskContext, request: Request) -> Response:
    return RedirectResponse(f"{request.state.base}/runde", 303)


async def _file(context: DeskContext, request: Request) -> Response:
    context.life.asked()
    response = await run_in_threadpool(served, context.place, request.path_params["name"])
    if response.headers["Content-Disposition"].startswith("inline"):
        context.life.file_shown()
    return response
