# SPDX-License-Identifier: EUPL-1.2
"""How figures are written in the languages that Django does not know so well."""
