# SPDX-License-Identifier: EUPL-1.2
"""What `tarazy procurement fetch-goszakup` says of a fetch: each list, and what it did not give."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.table import Table

from tarazy.procurement.fetching import FetchReport
from tarazy.procurement.refusals import SENTENCES, Refusal
from tarazy.procurement.walking import Tell, Unread

# A name of a file may look like markup; a sentence is one line, however narrow the window.
tell = Console(stderr=True, markup=False, soft_wrap=True)
out = Console(markup=False)


@contextmanager
def counting_entries() -> Iterator[Tell]:
    """A line that counts while a list comes."""
    with tell.status("") as status:
        yield lambda kind, pages, items: status.update(f"{kind}: {pages} pages, {items} entries")


def show_fetch(report: FetchReport) -> None:
    """Each list with its counts; then, in words, what was refused, not known or not read."""
    table = Table("list", "since")
    for name in ("pages", "entries", "new or changed", "refused"):
        table.add_column(name, justify="right")
    for one in report.kinds:
        refused = sum(trouble.count for trouble in one.refused)
        counts = (str(count) for count in (one.pages, one.items, one.changed, refused))
        table.add_row(one.kind, one.since or "–", *counts)
    out.print(table)
    for one in report.kinds:
        for trouble in one.refused:
            told = f"{one.kind}: {SENTENCES[Refusal(trouble.what)]} Pages: {trouble.lines}"
            tell.print(told)
        if one.left_out:
            tell.print(f"{one.kind}: the portal does not know {', '.join(one.left_out)}")
        for gap in one.unread:
            tell.print(f"{one.kind}: {_gap(gap)}")
        if one.failed:
            tell.print(f"{one.kind}: {SENTENCES[Refusal(one.failed)]}")


def _gap(gap: Unread) -> str:
    below = f" below {gap.after}" if gap.after else ""
    down = f" down to {gap.until}" if gap.until else ""
    which = f"the entry {gap.key}" if gap.key else f"what has an id{below}{down}"
    said = f" It said: {gap.said}" if gap.said else ""
    waits = f" Process {gap.process} stays as it was until then." if gap.process else ""
    return (
        f"{which} was not read. {SENTENCES[Refusal(gap.why)]}{said}"
        f" It is asked for again next time.{waits}"
    )
