"""All hostile variants, in one list."""

from __future__ import annotations

from tests.hostile import books, cells, containers, grid, xmls, zips
from tests.hostile.variant import Variant

VARIANTS: tuple[Variant, ...] = (
    *zips.VARIANTS,
    *containers.VARIANTS,
    *xmls.VARIANTS,
    *grid.VARIANTS,
    *books.VARIANTS,
    *cells.VARIANTS,
)
SAFE = tuple(v for v in VARIANTS if not v.risky)
RISKY = tuple(v for v in VARIANTS if v.risky)
