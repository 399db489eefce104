# SPDX-License-Identifier: EUPL-1.2
"""Every refusal of the supervision room, with its sentence for people."""

from collections.abc import Mapping
from enum import StrEnum

from tarazy.core.catalogue import said


class Refusal(StrEnum):
    """Names are stable: they stand in the audit log and in the intake counts."""

    ORDER_OVERLAPS = "order_overlaps"
    ORDER_ENDED = "order_ended"
    ORDER_PERIOD_EMPTY = "order_period_empty"
    CONDITION_OUTSIDE_ORDER = "condition_outside_order"
    CONDITION_OVERLAPS = "condition_overlaps"
    TIMETABLE_UNREADABLE = "timetable_unreadable"
    ZONE_UNREADABLE = "zone_unreadable"
    DEVICE_KNOWN = "device_known"
    DEVICE_TAKEN = "device_taken"
    FITTING_ENDED = "fitting_ended"
    FITTING_PERIOD_EMPTY = "fitting_period_empty"
    ALERT_RESOLVED = "alert_resolved"
    ALERT_CHANGED = "alert_changed"
    NOTE_MISSING = "note_missing"
    NOTE_TOO_LONG = "note_too_long"
    ALERT_HELD = "alert_held"
    TAKER_UNKNOWN = "taker_unknown"
    CAUSE_MISSING = "cause_missing"
    NOT_TOGETHER = "not_together"
    STEP_CHANGED = "step_changed"
    STEP_NOTE_MISSING = "step_note_missing"
    PROTOCOL_UNKNOWN = "protocol_unknown"
    PROTOCOL_CHANGED = "protocol_changed"
    PROTOCOL_LENGTH = "protocol_length"
    PROTOCOL_MINUTES = "protocol_minutes"
    PROTOCOL_TEXT = "protocol_text"
    REASON_MISSING = "reason_missing"
    CONTACT_UNREADABLE = "contact_unreadable"
    PHONE_UNREADABLE = "phone_unreadable"
    CONTACTS_TOO_MANY = "contacts_too_many"
    SHIFT_NONE = "shift_none"
    SHIFT_HOLDS = "shift_holds"
    PLAN_MISSING = "plan_missing"
    PLAN_TOO_YOUNG = "plan_too_young"
    HOLD_LIFTED = "hold_lifted"
    STREAM_CLOSED = "stream_closed"
    WINDOW_TOO_LONG = "window_too_long"
    COMMAND_UNKNOWN = "command_unknown"
    COMMAND_INTERVAL = "command_interval"
    COMMAND_TEXT = "command_text"
    COMMANDS_TOO_MANY = "commands_too_many"
    ORDER_UNREADABLE = "order_unreadable"

    UNKNOWN_DEVICE = "unknown_device"
    NOT_FITTED = "not_fitted"
    NO_ORDER = "no_order"
    TOO_LATE = "too_late"
    NOT_JSON = "not_json"
    BODY_TOO_LARGE = "body_too_large"
    BODY_TOO_SLOW = "body_too_slow"
    BAD_ENCODING = "bad_encoding"
    TOO_MANY_PARTS = "too_many_parts"
    NO_PLACE = "no_place"
    BAD_PLACE = "bad_place"
    BAD_TIME = "bad_time"
    BAD_FIELD = "bad_field"
    NOT_A_FRAME = "not_a_frame"
    BAD_CHECKSUM = "bad_checksum"
    TRUNCATED = "truncated"
    NO_LOGIN = "no_login"
    NO_KEY = "no_key"
    NOT_DECRYPTED = "not_decrypted"


SENTENCES: Mapping[StrEnum, str] = {
    Refusal.ORDER_OVERLAPS: said(
        "This person has an order in force in that time. Record a variation of it instead."
    ),
    Refusal.ORDER_ENDED: said("This order has ended or was revoked; it cannot be changed."),
    Refusal.ORDER_PERIOD_EMPTY: said("The order ends before it begins. Check the two dates."),
    Refusal.CONDITION_OUTSIDE_ORDER: said("The condition's period is not inside the order's."),
    Refusal.CONDITION_OVERLAPS: said("This zone has a condition in that time already."),
    Refusal.TIMETABLE_UNREADABLE: said("The timetable is not readable: {reason}."),
    Refusal.ZONE_UNREADABLE: said("The zone is not readable: {reason}."),
    Refusal.DEVICE_KNOWN: said("A device with this identifier is enrolled already."),
    Refusal.DEVICE_TAKEN: said("This device is on somebody in that time."),
    Refusal.FITTING_ENDED: said("This device was taken off already."),
    Refusal.FITTING_PERIOD_EMPTY: said(
        "The device comes off before it is put on. Check the times."
    ),
    Refusal.ALERT_RESOLVED: said("This alert is resolved. Its history stays as it is."),
    Refusal.ALERT_CHANGED: said("Somebody changed this alert meanwhile. Look at it again."),
    Refusal.NOTE_MISSING: said("Write a short note: what was found, what was done."),
    Refusal.NOTE_TOO_LONG: said("The note is longer than {length_max} letters. Shorten it."),
    Refusal.ALERT_HELD: said("{holder} has this alert in hand. Speak to them, or take it over."),
    Refusal.TAKER_UNKNOWN: said("This person cannot work on this alert. Choose another one."),
    Refusal.CAUSE_MISSING: said("Choose what it turned out to be."),
    Refusal.NOT_TOGETHER: said("Tamper and calls for help are looked at one by one."),
    Refusal.STEP_CHANGED: said("The protocol has gone on meanwhile. Look which step is next."),
    Refusal.STEP_NOTE_MISSING: said("Write in a few words why this step did not succeed."),
    Refusal.PROTOCOL_UNKNOWN: said("There is no rule of that name."),
    Refusal.PROTOCOL_CHANGED: said("Somebody wrote a newer version meanwhile. Look at it first."),
    Refusal.PROTOCOL_LENGTH: said("A protocol has one step at least, and {steps_max} at most."),
    Refusal.PROTOCOL_MINUTES: said("Give each time in whole minutes, from 1 to {minutes_max}."),
    Refusal.PROTOCOL_TEXT: said("The words of a step have {length_max} letters at most."),
    Refusal.REASON_MISSING: said("Say why, in {length_max} letters at most."),
    Refusal.CONTACT_UNREADABLE: said("Give a name, and who it is to the person."),
    Refusal.PHONE_UNREADABLE: said("Write the number in digits, such as +7 701 123 45 67."),
    Refusal.CONTACTS_TOO_MANY: said("There are {contacts_max} contacts already. Remove one first."),
    Refusal.SHIFT_NONE: said("You are not on duty: there is no shift to end."),
    Refusal.SHIFT_HOLDS: said(
        "You still have alerts in hand: {number}. Hand them over, or give them back, first."
    ),
    Refusal.PLAN_MISSING: said("There is no plan of what to delete. Make one, and look at it."),
    Refusal.PLAN_TOO_YOUNG: said("A plan must be there to be seen for {hours} hours first."),
    Refusal.HOLD_LIFTED: said("This hold was lifted already."),
    Refusal.STREAM_CLOSED: said("The live view has ended. Open the page again."),
    Refusal.WINDOW_TOO_LONG: said("A trail shows at most {hours} hours at once."),
    Refusal.COMMAND_UNKNOWN: said("This kind of device cannot be asked to do that."),
    Refusal.COMMAND_INTERVAL: said("Give a time from {seconds_min} to {seconds_max} seconds."),
    Refusal.COMMAND_TEXT: said("Write a message of at most {length_max} letters, on one line."),
    Refusal.COMMANDS_TOO_MANY: said(
        "{commands_max} commands wait for this device already. Wait until it has answered."
    ),
    Refusal.ORDER_UNREADABLE: said("The order is not readable at {field}: {reason}."),
    Refusal.UNKNOWN_DEVICE: said("No enrolled device has this credential."),
    Refusal.NOT_FITTED: said("Nobody wore the device at that time; nothing was kept."),
    Refusal.NO_ORDER: said("No order was in force at that time; nothing was kept."),
    Refusal.TOO_LATE: said("The report came after the order's limit for late uploads."),
    Refusal.NOT_JSON: said("The message is not readable JSON."),
    Refusal.BODY_TOO_LARGE: said("The message is larger than {bytes_max} bytes."),
    Refusal.BODY_TOO_SLOW: said("The message did not come within {seconds} seconds."),
    Refusal.BAD_ENCODING: said("The message's compression is broken or of an unknown kind."),
    Refusal.TOO_MANY_PARTS: said("The message has more than {parts_max} parts."),
    Refusal.NO_PLACE: said("The message has no coordinates."),
    Refusal.BAD_PLACE: said("The coordinates are not on earth."),
    Refusal.BAD_TIME: said("The time is not readable."),
    Refusal.BAD_FIELD: said("A field of the message has the wrong type: {field}."),
    Refusal.NOT_A_FRAME: said("These bytes are no message of this device language."),
    Refusal.BAD_CHECKSUM: said("The message was damaged on its way: its checksum is wrong."),
    Refusal.TRUNCATED: said("The message ends before it is whole."),
    Refusal.NO_LOGIN: said("The device has not said who it is."),
    Refusal.NO_KEY: said("The message is encrypted and does not say for which device."),
    Refusal.NOT_DECRYPTED: said("The message is encrypted with another key."),
}
