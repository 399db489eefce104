# SPDX-License-Identifier: EUPL-1.2
"""Every field that an indicator cites has a title, so that no page shows a path."""

import re
from pathlib import Path

from tarazy.procurement import indicators
from tarazy.procurement.fields import FIELD_TITLES
from tarazy.procurement.indicators.cri_corruption_risk_index import PARTS
from tarazy.procurement.indicators.r029_unnatural_digits import DIGITS

CITED = re.compile(r'\bfact\(\s*"([^"]+)"')


def test_every_cited_field_has_a_title_and_every_title_is_used() -> None:
    folder = Path(indicators.__file__).parent
    cited = {name for path in folder.glob("*.py") for name in CITED.findall(path.read_text())}
    cited |= set(PARTS) | {f"buyer.digit_{digit}" for digit in DIGITS}
    assert cited == set(FIELD_TITLES)
