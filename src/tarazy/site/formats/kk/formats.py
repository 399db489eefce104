# SPDX-License-Identifier: EUPL-1.2
"""Figures in Kazakh, as the Unicode CLDR has them: `14 500 000,00`.

Django has no formats for Kazakh: it would write an amount without separators, and cut it with a
point.
"""

DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "\N{NO-BREAK SPACE}"
NUMBER_GROUPING = 3
