"""The overview page before axe-core, where somebody has laid it: KISI_AXE names its axe.min.js (npm pack axe-core).

At 1280 and at 640 pixels, which is the page at 200 %. The page's own policy allows no foreign script, so it is
taken out for the test.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
from lxml import html

from pipeline.report.html import overview_html
from pipeline.run import run
from tests import builder
from tests.demo_files import lay_demo

AXE = Path(os.environ.get("KISI_AXE", ""))
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ASK = """<script>axe.run().then(found => {
  const violations = found.violations.map(v => v.id + ": " + v.nodes.map(n => n.target.join(" ")).join(", "));
  const out = document.createElement("pre"); out.id = "axe";
  out.textContent = JSON.stringify({violations: violations, passed: found.passes.length}); document.body.append(out);
});</script>"""


@pytest.mark.chromium
@pytest.mark.skipif(
    CHROMIUM is None or not AXE.is_file(), reason="NOTICE: no Chromium or no axe-core (KISI_AXE)"
)
@pytest.mark.parametrize("width", [1280, 640])
def test_axe_finds_nothing(width: int, tmp_path: Path) -> None:
    lay_demo(tmp_path / "eingang")
    text = overview_html(run(tmp_path / "eingang", builder.rules(), date(2026, 9, 30)))
    open_, policies = re.subn(r"<meta http-equiv=.?Content-Security-Policy[^>]*>", "", text)
    assert policies == 1
    script = f"<script>{AXE.read_text(encoding='utf-8')}</script>{ASK}</body>"
    page = tmp_path / "page.html"
    page.write_text(open_.replace("</body>", script), encoding="utf-8")
    options = ("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}")
    call = [str(CHROMIUM), *options, f"--window-size={width},2000", "--virtual-time-budget=60000"]
    done = subprocess.run([*call, "--dump-dom", page.as_uri()], capture_output=True, timeout=300, check=True)
    (answer,) = html.document_fromstring(done.stdout.decode()).xpath("//pre[@id='axe']")
    found = json.loads(answer.text_content())
    assert found["passed"] > 20
    assert found["violations"] == []
