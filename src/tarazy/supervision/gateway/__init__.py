# SPDX-License-Identifier: EUPL-1.2
"""Device languages: bytes in, reports out. Pure: no clock, no database, no network.

A new language over HTTP is one file, one line in `LANGUAGES`, one test.
"""
