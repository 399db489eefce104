# SPDX-License-Identifier: EUPL-1.2
"""Judge trails out of files, without a database, by the same code as the engine: `judging/`.

form      the order's public form, as its JSON Schema prints it
orders    an order in that form -> a subject
fixes     lines of fixes -> arrivals, or refused by line
course    one subject from its first report to an end, late data included
lines     what is printed
"""
