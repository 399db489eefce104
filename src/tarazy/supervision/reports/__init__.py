# SPDX-License-Identifier: EUPL-1.2
"""Reports: what a reader gets, on the screen and as PDF out of one and the same document.

    document     what a report is made of: sections of words, facts, tables, pictures
    strips       a picture of days, each a strip of 24 hours by state
    sketch       a picture of a place: the zone, the fixes that count, their accuracy, a scale
    printing     a document -> PDF, by Typst

All of it is pure. `looks/reports.py` gathers the facts, `actions/reports.py` gives reports out.
"""
