"""Subject and text of an e-mail, from the Jinja2 templates in rules/anschreiben/*.j2."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pipeline.definitions.foreign import escaped
from pipeline.disk.working_folder import MAIL_TEXTS, RULES, bundled

SUBJECT = "Betreff:"
LONGEST_SUBJECT = 200  # characters


class WordingError(Exception):
    """A template cannot be used; the text is German and names file and line."""


class Worded(NamedTuple):
    """Subject and text of one e-mail."""

    subject: str
    text: str


class Wording:
    """One text template: from the rules folder, or the one of the program if the folder has none. Raises
    WordingError.
    """

    def __init__(self, rules_folder: Path, name: str) -> None:
        own = rules_folder / MAIL_TEXTS / name
        self._file = own if own.is_file() else bundled(RULES) / MAIL_TEXTS / name
        self._template = self._compiled()

    def _compiled(self) -> Template:
        environment = ImmutableSandboxedEnvironment(
            undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
        )
        try:
            source = self._file.read_bytes().decode("utf-8-sig")
            return environment.from_string(source.replace("\r\n", "\n"))
        except (OSError, UnicodeDecodeError):
            raise WordingError(f"{self._file} ist nicht lesbar oder nicht in UTF-8 gespeichert.") from None
        except TemplateSyntaxError as error:
            raise WordingError(f"{self._file}, Zeile {error.lineno}: kein gültiges Jinja2.") from None

    def worded(self, values: Mapping[str, object]) -> Worded:
        """Subject (first line, "Betreff: …") and text (the rest). Raises WordingError."""
        try:
            text = self._template.render(values)
        except TemplateError as error:
            names = ", ".join(sorted(values))
            raise WordingError(f"{self._file}: {error.message} Es gibt: {names}.") from None
        except Exception as error:  # the template is code of somebody else
            raise WordingError(f"{self._file}: {type(error).__name__} beim Ausfüllen.") from None
        first, _, rest = text.lstrip().partition("\n")
        if not first.startswith(SUBJECT) or not first.removeprefix(SUBJECT).strip():
            raise WordingError(f"{self._file}: Die erste Zeile muss mit „{SUBJECT}“ beginnen und ihn nennen.")
        subject = " ".join(escaped(first.removeprefix(SUBJECT)).split())[:LONGEST_SUBJECT]
        return Worded(subject, "\n".join(map(escaped, rest.strip().split("\n"))) + "\n")
