"""The wheel carries rules and templates: they lie at the top of the repository, and in it below pipeline/.

Everything else stands in pyproject.toml.
"""

from setuptools import find_packages, setup

CARRIED = {"pipeline.carried.rules": "rules", "pipeline.carried.input_templates": "input_templates"}

setup(
    include_package_data=False,  # data is what stands here, whatever the version control knows
    packages=[*find_packages(include=["pipeline*"]), *CARRIED],
    package_dir=CARRIED,
    package_data={
        "pipeline": ["py.typed", "locale/*/LC_MESSAGES/*", "report/html/templates/*"],
        **{package: ["*.yaml", "*.csv", "*.xlsx"] for package in CARRIED},
    },
)
