# SPDX-License-Identifier: EUPL-1.2
"""Log-in settings that need code: nobody signs up by themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from typing_extensions import override


class ClosedAccounts(DefaultAccountAdapter):  # type: ignore[misc]  # the library has no hints
    """An administrator makes users; the public sign-up is closed."""

    @override
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
