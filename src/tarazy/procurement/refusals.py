# SPDX-License-Identifier: EUPL-1.2
"""Every refusal of this room by name, with the sentence that a person reads."""

from collections.abc import Mapping
from enum import StrEnum

from tarazy.core.catalogue import said


class Refusal(StrEnum):
    """Names are stable: import reports and the audit log cite them."""

    NOT_JSON = "source_not_json"
    NOT_UTF8 = "source_not_utf8"
    NOT_OCDS = "source_not_ocds"
    NO_OCID = "source_no_ocid"
    LONG_OCID = "source_long_ocid"
    NO_COMPILED_RELEASE = "source_no_compiled_release"
    NO_RELEASE = "source_no_release"
    UNSUPPORTED_VERSION = "source_unsupported_version"
    TOO_LONG = "source_too_long"
    TOO_MANY_OBJECTS = "source_too_many_objects"
    TRUNCATED = "source_truncated"
    DAMAGED = "source_damaged"
    EMPTY_FILE = "source_empty_file"
    NO_FILE = "source_no_file"
    TOO_MANY_FILES = "too_many_files"
    NOTHING_READ = "source_nothing_read"
    NOTHING_IMPORTED = "nothing_imported"
    OLD_TABLES = "old_tables"
    TOO_MUCH_TO_READ = "too_much_to_read"
    BAD_REFERENCE = "bad_reference"
    BAD_MAPPING = "bad_mapping"
    DAMAGED_SHEET = "sheet_damaged"
    SHEET_BOMB = "sheet_bomb"
    NO_SHEET = "sheet_none"
    NO_COLUMN = "row_no_column"
    ROW_BROKEN = "row_broken"
    ROW_WIDE = "row_wide"
    ROW_NO_KEY = "row_no_key"
    ROW_OTHER_BUYER = "row_other_buyer"
    CELL_ENCODING = "cell_encoding"
    CELL_ERROR = "cell_error"
    CELL_CODE = "cell_code"
    CELL_TEXT = "cell_text"
    CELL_FLAG = "cell_flag"
    CELL_NUMBER = "cell_number"
    CELL_DATE = "cell_date"
    CELL_BIIN = "cell_biin"
    CELL_CHECK_DIGIT = "cell_check_digit"
    CELL_CONFLICT = "cell_conflict"
    CELL_FORMULA = "cell_formula"
    CELL_UNWORKED = "cell_unworked"
    NOTE_REPEATED = "note_repeated"
    NOTE_NO_ZONE = "note_no_zone"
    NOTE_NOT_POSITIVE = "note_not_positive"
    NOTE_CIRCLE = "note_circle"
    NOTE_OTHER_BUYER = "note_other_buyer"
    DECISION_WHY = "decision_why"
    DECISION_ANSWER = "decision_answer"
    PARTIES_DECIDED = "parties_decided"
    PARTIES_CONTRADICTED = "parties_contradicted"
    PARTIES_TWO_NUMBERS = "parties_two_numbers"
    PORTAL_TOKEN = "portal_token"  # noqa: S105 - the name of a refusal
    PORTAL_BUSY = "portal_busy"
    PORTAL_AWAY = "portal_away"
    PORTAL_CUT = "portal_cut"
    PORTAL_BROKEN = "portal_broken"
    PORTAL_TOO_LONG = "portal_too_long"
    PORTAL_UNKNOWN = "portal_unknown"
    PORTAL_CIRCLE = "portal_circle"
    PORTAL_EMPTY = "portal_empty"
    PORTAL_NO_ID = "portal_no_id"
    PORTAL_NO_PROCESS = "portal_no_process"


UNKEPT = said("Could not be kept.")
"""Of a value, where no reason is told."""
SENTENCES: Mapping[StrEnum, str] = {
    Refusal.NOT_JSON: said("This is not a JSON document, or a broken one."),
    Refusal.NOT_UTF8: said("The text is not in UTF-8, the encoding that JSON prescribes."),
    Refusal.NOT_OCDS: said(
        "This is not OCDS: no release, release package or record package was found."
    ),
    Refusal.NO_OCID: said("The release has no ocid, so it cannot be told which process it is of."),
    Refusal.LONG_OCID: said("The ocid is longer than 255 letters."),
    Refusal.NO_COMPILED_RELEASE: said(
        "The record only points to its releases: it holds no compiled release to read."
    ),
    Refusal.NO_RELEASE: said("The package or the record holds no release."),
    Refusal.UNSUPPORTED_VERSION: said("Only OCDS 1.0 and 1.1 are read."),
    Refusal.TOO_LONG: said("The line or document is longer than the limit."),
    Refusal.TOO_MANY_OBJECTS: said("The line or document holds more than two million objects."),
    Refusal.TRUNCATED: said("The compressed file ends too early; what came before was read."),
    Refusal.DAMAGED: said("The compressed file is damaged here; what came before was read."),
    Refusal.EMPTY_FILE: said("The file is empty."),
    Refusal.NO_FILE: said("There is no such file, or it cannot be opened."),
    Refusal.TOO_MANY_FILES: said(
        "These are too many files at once: bring 10,000 at most; nothing was changed."
    ),
    Refusal.NOTHING_READ: said("Nothing could be read from any of the files; nothing was changed."),
    Refusal.NOTHING_IMPORTED: said("Nothing has been imported yet."),
    Refusal.TOO_MUCH_TO_READ: said(
        "There are too many answers to look through at once. Choose an indicator, or what was"
        " raised only."
    ),
    Refusal.OLD_TABLES: said(
        "An earlier version made these tables. Import any file once more: all that was received"
        " is then read anew."
    ),
    Refusal.BAD_REFERENCE: said("The reference table cannot be used; the one before stays."),
    Refusal.BAD_MAPPING: said("The mapping cannot be used."),
    Refusal.DAMAGED_SHEET: said("This is no readable XLSX file."),
    Refusal.SHEET_BOMB: said("The spreadsheet would unpack to far more than it is."),
    Refusal.NO_SHEET: said("The spreadsheet has no sheet of this name or number."),
    Refusal.NO_COLUMN: said("The file lacks a column of the mapping, or has its name twice."),
    Refusal.ROW_BROKEN: said("The row cannot be told from its neighbours: a quote is not closed."),
    Refusal.ROW_WIDE: said("The row has more cells than the table has columns."),
    Refusal.ROW_NO_KEY: said("The row does not say of which process it is."),
    Refusal.ROW_OTHER_BUYER: said(
        "Another file has a process with the same prefix and key, of another buyer or"
        " of one that is not named; that one stays. Give each buyer's mapping a prefix of its own."
    ),
    Refusal.CELL_ENCODING: said("Letters are not in the encoding of the file."),
    Refusal.CELL_ERROR: said("The spreadsheet shows an error in place of a value."),
    Refusal.CELL_CODE: said("The mapping does not say what this word means."),
    Refusal.CELL_TEXT: said("This is no address or number of that kind."),
    Refusal.CELL_FLAG: said("This is neither yes nor no."),
    Refusal.CELL_NUMBER: said("This is no number as the mapping writes numbers."),
    Refusal.CELL_DATE: said("This is no date as the mapping writes dates."),
    Refusal.CELL_BIIN: said("This is no BIN or IIN of twelve digits."),
    Refusal.CELL_CHECK_DIGIT: said("The check digit of the BIN or IIN is wrong; it was kept."),
    Refusal.CELL_CONFLICT: said("An earlier row of the same process says otherwise; that stays."),
    Refusal.CELL_FORMULA: said("A formula: the value that was last worked out was taken."),
    Refusal.CELL_UNWORKED: said("A formula that no program has worked out: there is no value."),
    Refusal.NOTE_REPEATED: said("The same id stands twice in one release: the last one counts."),
    Refusal.NOTE_NO_ZONE: said(
        "A date names no time zone: it was kept as it is, and is not compared with others."
    ),
    Refusal.NOTE_NOT_POSITIVE: said("The amount is zero or negative; it was kept."),
    Refusal.NOTE_CIRCLE: said("Processes name each other as related in a circle; it was kept."),
    Refusal.NOTE_OTHER_BUYER: said(
        "It took the place of a process with the same key whose buyer had another name. If they are"
        " two buyers, give each one's mapping a prefix of its own."
    ),
    Refusal.DECISION_WHY: said("Say why, in 500 letters at most."),
    Refusal.DECISION_ANSWER: said("Choose one of the answers; nothing was decided."),
    Refusal.PARTIES_DECIDED: said("Somebody has decided this pair. Take that answer back first."),
    Refusal.PARTIES_CONTRADICTED: said(
        "Together with other answers two would be one party and different ones at once. Take one of"
        " those back first."
    ),
    Refusal.PARTIES_TWO_NUMBERS: said(
        "They have two different valid BINs or IINs, or would through other pairs: they stay two."
    ),
    Refusal.PORTAL_TOKEN: said("The portal does not take the token: it is wrong or has expired."),
    Refusal.PORTAL_BUSY: said("The portal asks us to ask less often. Try again later."),
    Refusal.PORTAL_AWAY: said("The portal does not answer. Try again later."),
    Refusal.PORTAL_CUT: said("The portal's answer is no JSON, or ends too early."),
    Refusal.PORTAL_BROKEN: said("The portal's answer is an error, or no page of its data."),
    Refusal.PORTAL_TOO_LONG: said("The portal's answer is longer than the limit."),
    Refusal.PORTAL_UNKNOWN: said("The portal does not know this list, or what it is narrowed by."),
    Refusal.PORTAL_CIRCLE: said("The portal led back to a page that was read already."),
    Refusal.PORTAL_EMPTY: said(
        "The portal gave not one entry of a list that had some before: those are kept."
    ),
    Refusal.PORTAL_NO_ID: said("An entry of the portal has no id; it is kept, but not used."),
    Refusal.PORTAL_NO_PROCESS: said(
        "An entry of the portal does not say to what it belongs; it is kept, but not used."
    ),
}
