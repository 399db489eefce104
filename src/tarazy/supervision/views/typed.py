# SPDX-License-Identifier: EUPL-1.2
"""What was typed into one of a page's many forms, kept over the way back to that page."""

from django.http import HttpRequest

KEY = "typed"
LENGTH_MAX = 2_000
UNTOUCHED = {"csrfmiddlewaretoken"}


def keep(request: HttpRequest, form: str) -> None:
    """Keep what was sent, under the name of its form, until the next page shows it."""
    told = {name: value[:LENGTH_MAX] for name, value in request.POST.items()}
    kept = {name: value for name, value in told.items() if name not in UNTOUCHED}
    request.session[KEY] = {**kept, "form": form}


def kept(request: HttpRequest) -> dict[str, str]:
    """What was kept, once."""
    found: dict[str, str] = request.session.pop(KEY, {})
    return found
