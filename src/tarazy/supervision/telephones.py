# SPDX-License-Identifier: EUPL-1.2
"""A telephone number as people write it: a plus, digits, blanks, brackets, dashes."""

import re

NUMBER = re.compile(r"\+?[0-9 ()-]{3,38}", re.ASCII)
