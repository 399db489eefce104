# SPDX-License-Identifier: EUPL-1.2
"""A wheel holds the built page assets and translations, so that installing it needs no Node."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NEEDED = (
    "src/tarazy/site/static/vendor/stamp.txt",
    "src/tarazy/site/locale/kk/LC_MESSAGES/django.mo",
    "src/tarazy/site/locale/ru/LC_MESSAGES/django.mo",
)


class WholeWheel(BuildHookInterface):
    """Refuses to build a wheel without pages; an editable install comes before they are built."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        missing = [name for name in NEEDED if not (Path(self.root) / name).exists()]
        if version == "standard" and missing:
            raise RuntimeError(f"run `make install` first: {', '.join(missing)} is not built")
