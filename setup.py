"""The wheel carries rules, templates and guides: they lie at the top of the repository, in it below pipeline/.

Everything else stands in pyproject.toml.
"""

import shutil
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

CARRIED = {
    "pipeline.bundled.rules": "rules",
    "pipeline.bundled.rules.anschreiben": "rules/anschreiben",
    "pipeline.bundled.input_templates": "input_templates",
}
DOCS = ("*.md", "referenz/*.md", "bilder/*.png", "beispiel/*.xlsx", "beispiel/*.docx")


class WithDocs(build_py):
    """Copies the texts and pictures of docs/, which is no package, beside rules and templates."""

    def run(self):
        super().run()
        if self.editable_mode:  # a clone has them where they are
            return
        here, bundled = Path(__file__).parent, Path(self.build_lib, "pipeline", "bundled")
        for path in (p for pattern in DOCS for p in here.joinpath("docs").glob(pattern)):
            target = bundled / path.relative_to(here)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


setup(
    cmdclass={"build_py": WithDocs},
    include_package_data=False,  # data is what stands here, whatever the version control knows
    packages=[*find_packages(include=["pipeline*"]), *CARRIED],
    package_dir=CARRIED,
    package_data={
        "pipeline": [
            "py.typed",
            "locale/*/LC_MESSAGES/*",
            "report/html/templates/*",
            "desk/templates/*",
            "desk/static/*",
        ],
        **{package: ["*.yaml", "*.csv", "*.xlsx", "*.j2"] for package in CARRIED},
    },
)
