# SPDX-License-Identifier: EUPL-1.2
"""One folder has one owner, whoever keeps its tables."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from tarazy.core.errors import Misconfigured
from tarazy.site import up


def test_a_folder_in_use_is_named_also_with_a_database_of_one_s_own(tmp_path: Path) -> None:
    here = replace(settings.TARAZY, folder=tmp_path, embedded=False)
    with up.database(here):
        with pytest.raises(Misconfigured) as caught, up.database(here):
            pass
        assert caught.value.setting == "TARAZY_FOLDER"
    with up.database(here):
        pass
