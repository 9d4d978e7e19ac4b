"""Print what to install to test on the lowest versions that pyproject.toml allows.

These are our dependencies at their lower bounds, those of extras too, and the tools of the unit
tests without a bound. One requirement per line.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]

# Our own extras, and tools of the other steps
NOT_FOR_UNIT_TESTS = {
    "check-jsonschema",
    "jupyterhub",
    "marimo",
    "mypy",
    "notebook",
    "oauth-widgets",
    "oauthenticator",
    "pandas-stubs",
    "playwright",
    "ruff",
    "voila",
}


def applicable(lines: list[str]) -> list[Requirement]:
    """Read requirements, leaving out those for other platforms and Python versions."""
    found = map(Requirement, lines)
    return [one for one in found if one.marker is None or one.marker.evaluate()]


def lowest(requirements: list[Requirement]) -> list[str]:
    """Pin each name to its highest lower bound."""
    bounds: dict[str, Version] = {}
    for requirement in requirements:
        extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
        name = requirement.name + extras
        for bound in requirement.specifier:
            if bound.operator == ">=":
                bounds[name] = max(bounds.get(name, Version("0")), Version(bound.version))
    return [f"{name}=={version}" for name, version in bounds.items()]


extras = PROJECT["optional-dependencies"]
tools = [one for one in applicable(extras["test"]) if one.name not in NOT_FOR_UNIT_TESTS]
for line in [
    *lowest(
        applicable(PROJECT["dependencies"] + extras["sandbox"] + extras["keep"] + extras["dask"])
    ),
    *map(str, tools),
]:
    print(line)
