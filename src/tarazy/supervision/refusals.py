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

    FILE_EMPTY = "file_empty"
    FILE_TOO_LARGE = "file_too_large"
    FILE_TYPE = "file_type"
    FILE_INFECTED = "file_infected"
    FILE_LOST = "file_lost"
    SCAN_MISSING = "scan_missing"
    MEASURE_UNKNOWN = "measure_unknown"
    GUARDIAN_MISSING = "guardian_missing"
    IIN_WRONG = "iin_wrong"
    DRAFT_CHANGED = "draft_changed"
    DRAFT_CLOSED = "draft_closed"
    DRAFT_NOT_SUBMITTED = "draft_not_submitted"
    DRAFT_WAITS = "draft_waits"
    DRAFT_INCOMPLETE = "draft_incomplete"
    OWN_DRAFT = "own_draft"
    ORDER_IN_THE_PAST = "order_in_the_past"
    NOT_LONGER = "not_longer"
    NOT_EARLIER = "not_earlier"
    REMARK_MISSING = "remark_missing"
    OFFICER_UNKNOWN = "officer_unknown"
    CONDITION_ENDED = "condition_ended"
    ALREADY_DRAWN = "already_drawn"
    DEVICE_NOT_READY = "device_not_ready"
    DEVICE_WORN = "device_worn"
    CONSENT_MISSING = "consent_missing"
    MEDICAL_MISSING = "medical_missing"
    SIGNATURE_MISSING = "signature_missing"
    LINK_SPENT = "link_spent"
    NO_PHONE = "no_phone"
    APPOINTMENT_TIME = "appointment_time"
    APPOINTMENT_STATE = "appointment_state"
    MESSAGE_TEXT = "message_text"
    LEAVE_PERIOD = "leave_period"
    COVER_ENDED = "cover_ended"
    TABLE_UNREADABLE = "table_unreadable"
    TABLE_WRONG = "table_wrong"
    TABLE_GONE = "table_gone"

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
    Refusal.FILE_EMPTY: said("The file is empty. Choose it again."),
    Refusal.FILE_TOO_LARGE: said(
        "The file is larger than {megabytes} MB. Scan it in grey, or with fewer dots."
    ),
    Refusal.FILE_TYPE: said(
        "The file is not what it should be: choose a whole file of type {wanted}."
    ),
    Refusal.FILE_INFECTED: said(
        "The scanner for harmful software found something in this file. It was not kept. "
        "Tell the administrator, and scan the paper anew."
    ),
    Refusal.FILE_LOST: said(
        "This file is not where it was put, or was changed. Tell the administrator."
    ),
    Refusal.SCAN_MISSING: said("Attach the scan of the court's document first."),
    Refusal.MEASURE_UNKNOWN: said("This measure is not in the service's list. Choose one of it."),
    Refusal.GUARDIAN_MISSING: said(
        "The person is under 18: give the name and the telephone number of a guardian."
    ),
    Refusal.IIN_WRONG: said(
        "This is no IIN: 12 digits, of which the last one must fit the others."
    ),
    Refusal.DRAFT_CHANGED: said("The draft was changed meanwhile. Look at it again, then decide."),
    Refusal.DRAFT_CLOSED: said("This draft was approved or discarded already."),
    Refusal.DRAFT_NOT_SUBMITTED: said("This draft was not submitted for approval."),
    Refusal.DRAFT_WAITS: said(
        "Another change of this order is being prepared. Finish or discard that one first."
    ),
    Refusal.DRAFT_INCOMPLETE: said("Fill in what is missing first: {field}."),
    Refusal.OWN_DRAFT: said("Nobody approves what they wrote. Another person must do it."),
    Refusal.ORDER_IN_THE_PAST: said("The order would be over already. Check its dates."),
    Refusal.NOT_LONGER: said("An extension ends later than the order does now."),
    Refusal.NOT_EARLIER: said(
        "An early end lies before the end of the order, and not in the past."
    ),
    Refusal.REMARK_MISSING: said("Say in a few words what must be changed."),
    Refusal.OFFICER_UNKNOWN: said("Choose a supervising officer from the list."),
    Refusal.CONDITION_ENDED: said("This condition has ended; it cannot be changed."),
    Refusal.ALREADY_DRAWN: said("Somebody has drawn this zone meanwhile. Open it to change it."),
    Refusal.DEVICE_NOT_READY: said("This device is in repair or lost. Choose another one."),
    Refusal.DEVICE_WORN: said("Somebody wears this device. Take it off first."),
    Refusal.CONSENT_MISSING: said(
        "Explain to the person what the device does, and have their consent in writing first."
    ),
    Refusal.MEDICAL_MISSING: said(
        "A medical check of the last {days} days without contraindications comes first: "
        "who made it, and when."
    ),
    Refusal.SIGNATURE_MISSING: said("Let the person sign in the field, or attach the signature."),
    Refusal.LINK_SPENT: said(
        "This link was used or is too old. Ask the officer for a new one: nothing was changed."
    ),
    Refusal.NO_PHONE: said(
        "Only a phone is set up by a link; this device is set up as its manual says."
    ),
    Refusal.APPOINTMENT_TIME: said("An appointment lies ahead, and before the end of the order."),
    Refusal.APPOINTMENT_STATE: said("What has not been yet can only be called off."),
    Refusal.MESSAGE_TEXT: said("Write a message of at most {length_max} letters."),
    Refusal.LEAVE_PERIOD: said(
        "A leave ends after it begins, not in the past, and lasts {days} days at most."
    ),
    Refusal.COVER_ENDED: said("This leave is over already."),
    Refusal.TABLE_UNREADABLE: said("The table is not readable: {reason}."),
    Refusal.TABLE_WRONG: said("A row of the table is wrong. Mend the file and choose it again."),
    Refusal.TABLE_GONE: said(
        "The table was taken in already, or is too old. Choose the file again to see it."
    ),
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
