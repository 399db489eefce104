# SPDX-License-Identifier: EUPL-1.2
"""Cardinal's eleven indicators as Cardinal computes them, from its settings files to its JSON.

Cardinal (open-contracting/cardinal-rs) is the tool of the Open Contracting Partnership; whoever
comes from it gets the same values here, oddities included. Nothing of this folder is used by our
own indicators, and it uses nothing of theirs: where the two differ, ours say so in their docstring.

Where Cardinal's answer depends on which thread came first, we answer as with one thread, in the
order of the lines: the first currency met is the main one, results are printed in this order, and
an ocid that comes on several lines keeps the results of all of them.
"""
