# SPDX-License-Identifier: EUPL-1.2
"""Python's search for circles of objects, put off while much is made that has none."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def not_collecting() -> Iterator[None]:
    """Let Python look for no circles meanwhile: each look goes through all that there is, and of
    millions of objects hardly one is in a circle."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()
