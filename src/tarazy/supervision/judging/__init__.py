# SPDX-License-Identifier: EUPL-1.2
"""Judging: what arrived of some people under order -> where they were, and turns of alerts. Pure.

    subjects     plain data: an order with its person, conditions, and what was believed so far
    seeing       places that count, and changes of presence in each zone
    spells       when a rule finds something to check, walked in the time in which things happened
    ledger       spells become alerts with versions, in the time in which we came to know
    walk         one subject through time: rules at each change and each moment that is due
    late         a place that is older than what was judged: its interval is judged again
    judge        the door: `judge` for what came in time, `rejudge` for what came late
    quiet        which reports change nothing that a rule may answer to
    unseen       when somebody could not be monitored, and why

The engine calls this with subjects out of the database, `tarazy supervision replay` with subjects
out of files. Whoever has the same reports gets the same alerts.
"""
