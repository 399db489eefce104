# SPDX-License-Identifier: EUPL-1.2
"""States of a wearer's conditions in a few bytes, as they are kept with each report.

Numbers of 64 bits, little-endian; for each condition WORDS, then SIGHT for each fix that is its
evidence. What is measured stands there bit for bit.
"""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tarazy.supervision.presence.compiled import loop
from tarazy.supervision.presence.constants import EVIDENCE_MAX
from tarazy.supervision.presence.crowd import SIGHT, Crowd
from tarazy.supervision.presence.fences import recall
from tarazy.supervision.presence.hearing import wide
from tarazy.supervision.presence.interface import Sighting, State
from tarazy.supervision.presence.kernel import PRESENCES, moment

WORDS = 10
"""Key, presence, fixes, since, the last fix and its arrival, the last confirmation, log-odds, how
far beyond the fence, and how far of that a drift explains."""
Words = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]


def packed(crowd: Crowd, wearers: Indices) -> list[bytes]:
    """The states of each of these wearers."""
    most = (WORDS + SIGHT * EVIDENCE_MAX) * int(crowd.wearers["count"][wearers].sum())
    words, ends = np.zeros(most, dtype="<f8"), np.zeros(len(wearers), dtype=np.int64)
    _pack(crowd, wearers, (words, ends))
    whole, step = words[: ends[-1] if len(ends) else 0].tobytes(), words.itemsize
    starts = [0, *ends[:-1].tolist()]
    return (
        [whole[start * step : end * step] for start, end in zip(starts, ends.tolist(), strict=True)]
        if len(ends)
        else []
    )


def unpacked(told: bytes | memoryview | None) -> dict[int, State]:
    """The state of each condition, by its key."""
    words: Sequence[float] = np.frombuffer(told or b"", dtype="<f8").tolist()
    found, at = {}, 0
    while at < len(words):
        key, presence, kept, since, last, known, confirmed = words[at : at + 7]
        log_odds, beyond_m, crept_m = words[at + 7 : at + WORDS]
        at += WORDS
        end = at + SIGHT * int(kept)
        evidence = tuple(_sighting(words[n : n + SIGHT]) for n in range(at, end, SIGHT))
        found[int(key)] = State(
            presence=PRESENCES[int(presence)],
            since=moment(int(since)),
            at=moment(int(last)),
            known_at=moment(int(known)),
            confirmed_at=moment(int(confirmed)),
            log_odds=log_odds,
            evidence=evidence,
            beyond_m=beyond_m,
            crept_m=crept_m,
        )
        at = end
    return found


def _sighting(numbers: Sequence[float]) -> Sighting:
    at, lat, lon, accuracy_m = numbers
    return Sighting(moment(int(at)), lat, lon, None if math.isnan(accuracy_m) else accuracy_m)


@loop
def _pack(crowd: Crowd, wearers: Indices, out: tuple[Words, Indices]) -> None:
    words, ends = out
    at = 0
    for n in range(len(wearers)):
        me = crowd.wearers[wearers[n]]
        for c in range(me.first, me.first + me.count):
            one, kept = crowd.conditions[c], wide(crowd.conditions[c].kept)
            words[at], words[at + 1], words[at + 2] = one.id, one.presence, kept
            words[at + 3], words[at + 4], words[at + 5] = one.since, one.at, one.known
            words[at + 6], words[at + 7] = one.confirmed, one.log_odds
            words[at + 8], words[at + 9] = one.beyond_m, one.crept_m
            at += WORDS
            told = words[at : at + SIGHT * kept].reshape((kept, SIGHT))
            recall(crowd, c, kept, told)
            at += SIGHT * kept
        ends[n] = at
