# SPDX-License-Identifier: EUPL-1.2
"""Every number of the presence kernel, with the reason for it. Changing one changes findings.

Evidence is counted in log-odds (natural logarithm) for being inside: +2 is 88 %, -4 is 1.8 %.
"""

from datetime import timedelta

# --- How uncertain a place is -------------------------------------------------------------------
ACCURACY_TO_SIGMA = 1 / 1.515
"""A device's accuracy is a radius that holds 68 % in two dimensions: 1.515 sigma for each axis."""
UNDERSTATED = 1.5
"""Devices understate their error indoors and between houses; we widen it by this factor."""
SIGMA_FLOOR_M = 8.0
"""No civil receiver is better than this all day, whatever it claims."""
SIGMA_UNKNOWN_M = 50.0
"""Where the device states no accuracy, or none above zero: a poor fix in a city. Unknown is never
taken as perfect. It was half a witness besides; then a tracker that never states one was found
outside after five and a half minutes, and no less often for nothing."""
COARSE_ACCURACY_M = 500.0
"""Beyond this a place comes from a mobile network's cell; such places never prove an exit."""

# --- How much one fix counts --------------------------------------------------------------------
IN_CAP = 6.0
"""At most, for inside: one clear fix a minute is enough to enter."""
OUT_CAP = 2.1
"""At most, for outside: with the weights below never one fix, three at one a minute."""
CORRELATED_S = 30.0
"""Errors of fixes nearer in time than this are largely the same error: ten fixes in ten seconds are
not ten witnesses. The weight of a fix is 1 - exp(-gap / CORRELATED_S), plus what follows."""
SPARSE_S = 600.0
SPARSE_WEIGHT = 0.9
"""A device that reports each ten minutes or more has nearly two votes a fix: dwell counts by time,
not by the number of fixes. 1.9 x OUT_CAP stays below -EXIT: still never one fix alone."""

# --- When the state changes ---------------------------------------------------------------------
ENTER = 1.5
"""Inside from here on; the sum is also cut here, so that a long stay is forgotten quickly."""
EXIT = -4.0
"""Outside from here on, and the sum is cut here."""
CLEARANCE_M = 65.0
CLEARANCE_SIGMAS = 1.5
"""A fix is clear of the fence if it lies beyond it by both. Phones in concrete houses that are sure
of 15 m drift to 60 m (bench/truth.py, harsh noise). And so far again from a zone's middle, if the
zone reaches less far than that: who is at home in a circle of 30 m is near its fence wherever he
is, and the same drift lies beyond it that a circle of 65 m holds. But never more than FAR_M: what
is far from the fence of a large zone is far from that of a small one."""
FAR_M = 120.0
"""And far from it beyond this (and the sigmas): a departure worth an alert reaches 100 m and three
sigma of an ordinary fix. Who walks out is there by the third report, so it costs no time."""
UNCLEAR_FLOOR = 0.0
"""Fixes that are not clear bring the sum no lower than this: so at one fix a minute three clear
ones complete an exit, wherever the sum stood."""
NEAR_FLOOR = -1.0
"""Fixes that are clear and not far, and coarse ones, bring it no lower than this: together they are
one witness of the three, and two must be far. When they could bring it to EXIT, an hour of drift at
80 m and then one outlier were an exit: nearly all false alerts of bad devices were of that kind."""
FORGET = 0.5
"""A fix that is not far, though fine enough to have seen a departure (1.5 sigma below FAR_M),
undoes half of what went below its floor: two outliers with places beside the fence between them are
not two witnesses of one departure."""
REACH_M = 300.0
"""Farther beyond the fence than this a place says no more than there."""
CREEP_M_S = 0.2
CREEP_S_MAX = 120.0
SURGE_M = 70.0
"""A phone indoors drifts away slowly, and somebody who leaves does not. Of how far a fix lies
beyond the fence, a drift explains what the one before had crept to and 12 m a minute more (of two
minutes at most: what nobody saw is no creeping). A far fix is one only if it lies so far beyond
that: two of three false alerts of drifting devices were of a phone that crept past FAR_M."""
LEFT_M = 10.0
PACE_MIN_M_S = 0.5
PACE_MAX_M_S = 2.5
"""A fix that is clear of the fence is a step of a steady way if the one before lay beyond the fence
too (by LEFT_M) and it lies farther by what somebody on foot goes meanwhile. Outliers do that
seldom, and twice running hardly ever."""
STEADY = 1.4
"""So it counts so much more; that is what tells of a walker within three minutes."""
STEP_FLOOR = -2.0
"""The first step brings the sum no lower than this, even where it is near: one witness of two. The
next, or two that are far, complete the exit."""
STEP_MAX = 2.95
"""And no step, however rare the reports, more: never one fix alone, nor with NEAR_FLOOR."""
INFORMATIVE = 0.5
"""A fix whose evidence is weaker than this confirms nothing: where it is all that there is, the
state becomes unknown. One that is not fine enough to have seen a departure counts nothing for
inside either: a mobile network's place that happens to lie in a home's circle is nobody at home."""
STALE_S_MIN = 900.0
STALE_REPORTS = 3
"""Without a confirming fix for this long (or for three report intervals, if that is longer) we do
not know where the person is, and say so."""

PROMPT_S = 120.0
"""A fix may take so long to come; that nothing was heard is known only then. What takes longer is
late, and its interval is judged again."""
UPLOADING_S = 60.0
"""Nor is it known sooner than this after the last arrival: while stored fixes are still being
uploaded, their age alone says nothing. Late places are judged by then, too."""

# --- What is no witness -------------------------------------------------------------------------
SPEED_MAX_M_S = 100.0
"""Faster than any train or car here (360 km/h): such a jump is marked, and counts only if the next
fix lies near it."""
REACH_ACCURACIES = 3.0
"""Before a jump is called impossible both places are taken this many accuracies nearer."""
UNUSABLE_MARKS = frozenset({"mock", "invalid_fix", "stale", "clock_fault"})
"""Marks of the gateway: invented places, places that the device itself calls invalid or stale."""

STANDS_M = 65.0
"""A place that lies no farther than this from the one before says that the device stands."""
LEAP_M = 100.0
LEAP_M_S = 1.8
LEAP_S_MAX = 130.0
"""A leap (thrown.py) is longer than this, and faster than anybody walks who does not run, between
two reports of two minutes at most."""
REST_S = 600.0
AWAY_S_MAX = 600.0
"""So long a device rests before it can be thrown, and no longer is it away: a home is never taken
for a place that it was thrown to."""
WORN = 3.0
"""What is too far for standing and too short for a leap wears a rest, by so many times its time,
and does not end it: a phone that takes turns between satellites and access points is moved so far
once, and has rested again three minutes later. Somebody who walks is so from minute to minute."""
RIDDEN_M = 250.0
TRIP_M_S = 8.0
"""A leap after which the device stands would be a whole trip between two reports, from door to
door. Too fast to be walked, it is too short to be one below RIDDEN_M: nobody fetches a car for what
takes three minutes on foot. And nobody gets through a city faster than this (29 km/h), getting in,
out and parking included. Of a device that was thrown before such a leap is doubted wherever it
ends: its own past says that it leaps more often than people do."""
BACK_M = 100.0
"""So near to where it rested it is back: what it rests at drifts too."""
DOUBT_S = 480.0
"""So long it has to stand where nobody goes so. Then its reports from there count after all, so
that who did go there is found before the tenth minute. Where it was thrown before it has to stand
for AWAY_S_MAX: of a place that is known to be wrong more is known than of any other."""
OUTLASTED = 0.01
"""And of a device whose throws are short, each other leap is doubted until only so many of its
throws stand longer. How long they stand is the mean of those that are known, and of one more of
DOUBT_S: of few little is known. Where that comes to more than DOUBT_S it helps nobody to wait: who
does drive round the corner is to be found in time."""
BEND = 1.5
"""Of two leaps the second leads on from the first where both are no longer than this times as
straight: a way around one corner is 1.41 times. A stray report after another leads anywhere."""
ROAD_M_S = 25.0
"""And where the device stands after them, it was a ride only if neither was faster (90 km/h, what
the law allows on an open road): it had to stop as well."""
KNOWN_FOR = timedelta(days=30)
RENEWED_AFTER = timedelta(days=1)
KEPT_FOR = timedelta(days=33)
"""A place is known for a month, anew each day on which the device is thrown there again; it is kept
for so long that late reports of three days find what was known then."""
KNOWN_MAX = 64
METRES_A_DEGREE = 111_200.0
"""Of latitude, within half a percent."""

METRES_A_DEGREE_MAX = 111_700.0
"""On any meridian or parallel."""

EVIDENCE_MAX = 10
"""Fixes kept with a finding: the last ones that moved it."""
