"""The command ``kisi desk``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import DATE, CommandError, Location, tell
from pipeline.disk.clock import today

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from pipeline.outcome import Outcome
    from pipeline.rules import Rules


@click.command()
@click.argument("folder", type=Location(exists=True, file_okay=False), default=".", metavar="[ORDNER]")
@click.option("--no-browser", is_flag=True, help="Öffnet keinen Browser; die Adresse steht im Fenster.")
@click.option("--state", is_flag=True, hidden=True)
@click.option("--today", "day", type=DATE, hidden=True)
def desk(folder: Path, *, no_browser: bool, state: bool, day: date | None) -> None:
    """Öffnet den Arbeitsordner im Browser, nur auf diesem Rechner.

    ORDNER ist ein Arbeitsordner, wie kisi init ihn anlegt; sonst der, in dem Sie sind. Die Seite tut dasselbe wie
    die Befehle. Sie endet, wenn Sie ihr letztes Fenster schließen, oder mit Strg-C.
    """
    from pipeline.desk.place import Place
    from pipeline.disk.working_folder import README

    place = Place(folder.resolve())
    if not (place.rules.is_dir() and place.received.is_dir()):
        raise CommandError(
            f"{folder} ist kein Arbeitsordner: rules oder eingang fehlt. „kisi init {folder}“ legt an, was fehlt ({README})."
        )
    if state:
        _print_state(place.folder, day or today())
    else:
        _serve(place.folder, browser=not no_browser)


def _serve(folder: Path, *, browser: bool) -> None:
    from pipeline.desk.app import Desk
    from pipeline.desk.opening import open_browser
    from pipeline.desk.place import Place
    from pipeline.desk.runs import COMMAND
    from pipeline.disk.unwritable import CannotWrite

    above = click.get_current_context().find_root().command
    commands = frozenset(above.commands) if isinstance(above, click.Group) else frozenset()
    try:
        desk = Desk(Place(folder), look=(*COMMAND, "desk", "--state"), commands=commands)
    except CannotWrite as error:
        raise CommandError(str(error)) from None
    server = desk.server()
    tell(
        f"Der Arbeitsordner {folder} ist im Browser offen. Diese Adresse gilt nur auf diesem Rechner, bis Sie enden:"
    )
    tell(f"  {server.kept}")
    tell("Ende: das letzte Fenster der Seite schließen, oder hier Strg-C.")
    if browser:
        open_browser(server.address)
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        desk.close()
    tell("Beendet.")


def _print_state(folder: Path, now: date) -> None:
    """For the desk itself: prints the state of the received files as JSON."""
    import json

    from pipeline.cli.common import rules_in
    from pipeline.desk.state_document import state_of

    outcome = _outcome(folder, rules_in(folder / "rules"), now)
    sys.stdout.write(json.dumps(state_of(outcome, now), ensure_ascii=True))


def _outcome(folder: Path, rules: Rules, now: date) -> Outcome:
    """The outcome as of today; before anything was received, that of the round of today."""
    from contextlib import suppress
    from functools import partial

    from pipeline.cli.console import progress
    from pipeline.cli.engine_options import with_engine
    from pipeline.desk.place import Place
    from pipeline.disk.publish import output_lock
    from pipeline.disk.unwritable import CannotWrite
    from pipeline.engine.engine import Engine
    from pipeline.run import NothingReceived, run

    place = Place(folder)

    def work(engine: Engine) -> Outcome:
        look = partial(run, place.received, rules, progress=progress, engine=engine, today=now)
        try:
            return look(None)
        except NothingReceived:
            running = rules.round_of(now)
            return look(running.stichtag if running else max(now, rules.project.start))

    with suppress(CannotWrite), output_lock(place.own):
        return with_engine(work, rules, None, cache_folder=place.own)
    return with_engine(work, rules, None)
