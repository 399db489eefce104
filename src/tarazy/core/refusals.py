# SPDX-License-Identifier: EUPL-1.2
"""Every refusal of the ground floor, with its sentence for people."""

from collections.abc import Mapping
from enum import StrEnum

from tarazy.core.catalogue import said


class Refusal(StrEnum):
    """Names are stable: they stand in the audit log."""

    NOT_PERMITTED = "not_permitted"
    NOT_FOUND = "not_found"
    PURPOSE_MISSING = "purpose_missing"
    BASIS_MISSING = "basis_missing"
    USER_EXISTS = "user_exists"
    UNKNOWN_ROLE = "unknown_role"
    WRONG_CREDENTIALS = "wrong_credentials"


SENTENCES: Mapping[StrEnum, str] = {
    Refusal.NOT_PERMITTED: said("Your role does not allow this. The attempt is in the audit log."),
    Refusal.NOT_FOUND: said("There is no such record."),
    Refusal.PURPOSE_MISSING: said("Say first why you are looking: every look needs a purpose."),
    Refusal.BASIS_MISSING: said("No court order in force allows this look for that time."),
    Refusal.USER_EXISTS: said("This user name is taken."),
    Refusal.UNKNOWN_ROLE: said("There is no such role."),
    Refusal.WRONG_CREDENTIALS: said("The name or the password is wrong."),
}
