# SPDX-License-Identifier: EUPL-1.2
"""Where the portal is, and the token for it: from the settings, which every process reads."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tarazy.core.errors import Misconfigured

TOKEN = "TARAZY_GOSZAKUP_TOKEN"  # noqa: S105 - the setting's name
ADDRESS = "TARAZY_GOSZAKUP_URL"
ADDRESS_DEFAULT = "https://ows.goszakup.gov.kz/v3/graphql"
TOKEN_FORM = re.compile(r"[!-~]{8,4096}", re.ASCII)
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Access:
    """Where the portal is, and the token for it."""

    address: str
    token: str = field(repr=False)


def access(values: Mapping[str, str]) -> Access:
    """From the settings. Raises Misconfigured, which never repeats a value."""
    address = values.get(ADDRESS, "").strip() or ADDRESS_DEFAULT
    try:
        parts = urlsplit(address)
        whole = bool(parts.hostname) and parts.port != 0 and not parts.username
    except ValueError:
        raise Misconfigured(ADDRESS, "is no address") from None
    if not whole or parts.scheme not in {"https", "http"}:
        raise Misconfigured(ADDRESS, "is no address; begin with https:// and give a host")
    if parts.scheme == "http" and parts.hostname not in LOCAL:
        raise Misconfigured(ADDRESS, "would send the token in the clear; begin with https://")
    token = values.get(TOKEN, "").strip()
    if not token:
        raise Misconfigured(TOKEN, "is missing; the portal gives one to its registered users")
    if not TOKEN_FORM.fullmatch(token):
        raise Misconfigured(TOKEN, "is no token: letters, digits and signs, at least eight")
    return Access(address, token)
