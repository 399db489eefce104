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
    BUFFER_UNREADABLE = "buffer_unreadable"
    PRIORITY_OUT_OF_BOUNDS = "priority_out_of_bounds"
    ABSENCE_PERIOD_EMPTY = "absence_period_empty"
    ABSENCE_OUTSIDE_ORDER = "absence_outside_order"
    ABSENCE_OVER = "absence_over"
    ABSENCE_REASON = "absence_reason"
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
    CAUSE_NOT_OFFERED = "cause_not_offered"
    NOT_TOGETHER = "not_together"
    STEP_CHANGED = "step_changed"
    STEP_NOTE_MISSING = "step_note_missing"
    PROTOCOL_UNKNOWN = "protocol_unknown"
    PROTOCOL_CHANGED = "protocol_changed"
    PROTOCOL_LENGTH = "protocol_length"
    PROTOCOL_MINUTES = "protocol_minutes"
    PROTOCOL_TEXT = "protocol_text"
    CONTACT_UNREADABLE = "contact_unreadable"
    PHONE_UNREADABLE = "phone_unreadable"
    CONTACTS_TOO_MANY = "contacts_too_many"
    REASON_MISSING = "reason_missing"
    SHIFT_NONE = "shift_none"
    SHIFT_HOLDS = "shift_holds"
    PLAN_MISSING = "plan_missing"
    PLAN_TOO_YOUNG = "plan_too_young"
    HOLD_LIFTED = "hold_lifted"
    REPORT_TOO_LONG = "report_too_long"
    REPORT_EMPTY = "report_empty"
    PERIOD_BACKWARDS = "period_backwards"
    REPORT_UNKNOWN = "report_unknown"
    REPORT_PROTECTED = "report_protected"
    RECIPIENT_MISSING = "recipient_missing"
    STREAM_CLOSED = "stream_closed"
    WINDOW_TOO_LONG = "window_too_long"
    COMMAND_UNKNOWN = "command_unknown"
    COMMAND_INTERVAL = "command_interval"
    COMMAND_TEXT = "command_text"
    COMMANDS_TOO_MANY = "commands_too_many"
    NUMBER_UNKNOWN = "number_unknown"
    NUMBER_OUT_OF_BOUNDS = "number_out_of_bounds"
    NUMBERS_TOO_MANY = "numbers_too_many"
    CHECK_IN_ROUTE = "check_in_route"
    CHECK_IN_TIME = "check_in_time"
    CHECK_IN_TIMES = "check_in_times"
    CHECK_IN_ANSWERED = "check_in_answered"
    ORDER_UNREADABLE = "order_unreadable"
    CONSENT_OVERLAPS = "consent_overlaps"
    CONSENT_PERIOD_EMPTY = "consent_period_empty"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    CONSENT_MISSING = "consent_missing"
    PROTECTED_KNOWN = "protected_known"
    NO_CONTACT_RADIUS = "no_contact_radius"
    NO_CONTACT_OVERLAPS = "no_contact_overlaps"
    NO_CONTACT_SELF = "no_contact_self"

    FILE_EMPTY = "file_empty"
    FILE_TOO_LARGE = "file_too_large"
    FILE_TYPE = "file_type"
    FILE_INFECTED = "file_infected"
    FILE_LOST = "file_lost"
    FILE_FORGOTTEN = "file_forgotten"
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
    REVOCATION_LATE = "revocation_late"
    BEGINNING_AHEAD = "beginning_ahead"
    REMARK_MISSING = "remark_missing"
    OFFICER_UNKNOWN = "officer_unknown"
    INVESTIGATOR_UNKNOWN = "investigator_unknown"
    LETTER_MISSING = "letter_missing"
    CONDITION_ENDED = "condition_ended"
    ALREADY_DRAWN = "already_drawn"
    RESOLVED_LONG_AGO = "resolved_long_ago"
    ZONE_NAMED = "zone_named"
    CLASS_NAMED = "class_named"
    DEVICE_NOT_READY = "device_not_ready"
    DEVICE_WORN = "device_worn"
    FITTING_CONSENT = "fitting_consent"
    MEDICAL_MISSING = "medical_missing"
    SIGNATURE_MISSING = "signature_missing"
    PROTOCOL_PAPERS = "protocol_papers"
    LINK_SPENT = "link_spent"
    NO_PHONE = "no_phone"
    APPOINTMENT_TIME = "appointment_time"
    APPOINTMENT_STATE = "appointment_state"
    APPOINTMENT_SETTLED = "appointment_settled"
    MESSAGE_TEXT = "message_text"
    LEAVE_PERIOD = "leave_period"
    COVER_ENDED = "cover_ended"
    COVER_OVERLAPS = "cover_overlaps"
    TABLE_UNREADABLE = "table_unreadable"
    TABLE_WRONG = "table_wrong"
    TABLE_GONE = "table_gone"

    EXTRACT_BROKEN = "extract_broken"
    EXTRACT_EMPTY = "extract_empty"
    EXTRACT_UNKNOWN = "extract_unknown"

    UNKNOWN_DEVICE = "unknown_device"
    NOT_FITTED = "not_fitted"
    NO_ORDER = "no_order"
    NO_CONSENT = "no_consent"
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
    Refusal.BUFFER_UNREADABLE: said("The buffer cannot be judged: {reason}."),
    Refusal.PRIORITY_OUT_OF_BOUNDS: said("A priority is a number from 0 to {priority_max}."),
    Refusal.ABSENCE_PERIOD_EMPTY: said("The absence ends before it begins. Check the times."),
    Refusal.ABSENCE_OUTSIDE_ORDER: said("The absence is not inside the time of the order."),
    Refusal.ABSENCE_OVER: said("This absence is over or was withdrawn already."),
    Refusal.ABSENCE_REASON: said("Write why, and who decided it."),
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
    Refusal.CAUSE_NOT_OFFERED: said(
        "An alert of this kind cannot have that cause. Choose another."
    ),
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
    Refusal.REPORT_TOO_LONG: said("A report covers at most {days} days."),
    Refusal.REPORT_EMPTY: said("There is nothing to report on: no order was in force then."),
    Refusal.PERIOD_BACKWARDS: said("The end must be after the beginning."),
    Refusal.REPORT_PROTECTED: said(
        "This may show where a protected person is: only the court may let the defence see it."
    ),
    Refusal.REPORT_UNKNOWN: said(
        "This file is no report of this service, or it was changed after it was made."
    ),
    Refusal.RECIPIENT_MISSING: said("Say who receives it, and as what."),
    Refusal.STREAM_CLOSED: said("The live view has ended. Open the page again."),
    Refusal.WINDOW_TOO_LONG: said("A trail shows at most {hours} hours at once."),
    Refusal.COMMAND_UNKNOWN: said("This kind of device cannot be asked to do that."),
    Refusal.COMMAND_INTERVAL: said("Give a time from {seconds_min} to {seconds_max} seconds."),
    Refusal.COMMAND_TEXT: said("Write a message of at most {length_max} letters, on one line."),
    Refusal.COMMANDS_TOO_MANY: said(
        "{commands_max} commands wait for this device already. Wait until it has answered."
    ),
    Refusal.NUMBER_UNKNOWN: said("No rule has such a number."),
    Refusal.NUMBER_OUT_OF_BOUNDS: said(
        "Give a whole number from {lowest} to {highest}, in steps of {step}."
    ),
    Refusal.NUMBERS_TOO_MANY: said("An order may change its numbers {settings_max} times at most."),
    Refusal.CHECK_IN_ROUTE: said(
        "The worn device cannot ask its wearer. Plan the check-ins by a call instead."
    ),
    Refusal.CHECK_IN_TIME: said("Give from {minutes_min} to {minutes_max} minutes to answer."),
    Refusal.CHECK_IN_TIMES: said(
        "In each of the hours there may be 1 to {times_max} check-ins, with twice the time to "
        "answer for each of them."
    ),
    Refusal.CHECK_IN_ANSWERED: said("This check-in was answered already."),
    Refusal.ORDER_UNREADABLE: said("The order is not readable at {field}: {reason}."),
    Refusal.CONSENT_OVERLAPS: said("This person has a consent in that time already."),
    Refusal.CONSENT_PERIOD_EMPTY: said("The consent ends before it begins. Check the two dates."),
    Refusal.CONSENT_WITHDRAWN: said("This consent was withdrawn already, or it is over."),
    Refusal.CONSENT_MISSING: said("Without a consent in force no device may be given out."),
    Refusal.PROTECTED_KNOWN: said("A protected person with this sign is recorded already."),
    Refusal.NO_CONTACT_RADIUS: said("The radius is not lawful: {reason}."),
    Refusal.NO_CONTACT_OVERLAPS: said("The order forbids this contact in that time already."),
    Refusal.NO_CONTACT_SELF: said("An order cannot forbid somebody to meet themselves."),
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
    Refusal.FILE_FORGOTTEN: said(
        "This file was deleted when the time was over for which the law lets us keep it."
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
    Refusal.REVOCATION_LATE: said(
        "A revocation takes effect before the order ends by itself. Check its date."
    ),
    Refusal.BEGINNING_AHEAD: said(
        "This order is in force: with a beginning in the future nobody would be supervised until "
        "then. Leave the new beginning out."
    ),
    Refusal.REMARK_MISSING: said("Say in a few words what must be changed."),
    Refusal.OFFICER_UNKNOWN: said("Choose a supervising officer from the list."),
    Refusal.INVESTIGATOR_UNKNOWN: said("Choose an investigator from the list."),
    Refusal.LETTER_MISSING: said("Say by which document the investigator is named."),
    Refusal.CONDITION_ENDED: said("This condition has ended; it cannot be changed."),
    Refusal.ALREADY_DRAWN: said("Somebody has drawn this zone meanwhile. Open it to change it."),
    Refusal.RESOLVED_LONG_AGO: said(
        "This alert was resolved more than a day ago; that can no longer be taken back."
    ),
    Refusal.ZONE_NAMED: said(
        "Orders in force name the class of this zone: {orders} ({documents}). To remove it all the "
        "same, say that you are sure."
    ),
    Refusal.CLASS_NAMED: said(
        "Orders in force would be without a zone that they name: {orders} ({documents}). "
        "End those conditions first."
    ),
    Refusal.DEVICE_NOT_READY: said("This device is in repair or lost. Choose another one."),
    Refusal.DEVICE_WORN: said("Somebody wears this device. Take it off first."),
    Refusal.FITTING_CONSENT: said(
        "Explain to the person what the device does, and have their consent in writing first."
    ),
    Refusal.MEDICAL_MISSING: said(
        "A medical check of the last {days} days without contraindications comes first: "
        "who made it, and when."
    ),
    Refusal.SIGNATURE_MISSING: said("Let the person sign in the field, or attach the signature."),
    Refusal.PROTOCOL_PAPERS: said(
        "A photo and the person's signature belong to this. Where one is missing,"
        " say why in the note."
    ),
    Refusal.LINK_SPENT: said(
        "This link was used or is too old. Ask the officer for a new one: nothing was changed."
    ),
    Refusal.NO_PHONE: said(
        "Only a phone is set up by a link; this device is set up as its manual says."
    ),
    Refusal.APPOINTMENT_TIME: said("An appointment lies ahead, and before the end of the order."),
    Refusal.APPOINTMENT_STATE: said("What has not been yet can only be called off."),
    Refusal.APPOINTMENT_SETTLED: said(
        "Somebody has said otherwise of this appointment meanwhile. Look at the page, and undo "
        "that first."
    ),
    Refusal.MESSAGE_TEXT: said("Write a message of at most {length_max} letters."),
    Refusal.LEAVE_PERIOD: said(
        "A leave ends after it begins, not in the past, and lasts {days} days at most."
    ),
    Refusal.COVER_ENDED: said("This leave is over already."),
    Refusal.COVER_OVERLAPS: said(
        "This officer steps in for the other one in a part of this time already. End that leave "
        "first, or begin this one after it."
    ),
    Refusal.TABLE_UNREADABLE: said("The table is not readable: {reason}."),
    Refusal.TABLE_WRONG: said("A row of the table is wrong. Mend the file and choose it again."),
    Refusal.TABLE_GONE: said(
        "The table was taken in already, or is too old. Choose the file again to see it."
    ),
    Refusal.EXTRACT_BROKEN: said(
        "The file is broken off or is no list of features. What was there before stays."
    ),
    Refusal.EXTRACT_EMPTY: said(
        "The file has no address that could be read. What was there before stays."
    ),
    Refusal.EXTRACT_UNKNOWN: said("There is no extract of this name."),
    Refusal.UNKNOWN_DEVICE: said("No enrolled device has this credential."),
    Refusal.NOT_FITTED: said("Nobody wore the device at that time; nothing was kept."),
    Refusal.NO_ORDER: said("No order was in force at that time; nothing was kept."),
    Refusal.NO_CONSENT: said("No consent was in force at that time; nothing was kept."),
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
