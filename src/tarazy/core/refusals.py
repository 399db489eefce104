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
    USER_NAME_UNUSABLE = "user_name_unusable"
    PASSWORD_WEAK = "password_weak"  # noqa: S105 - the name of a refusal
    UNKNOWN_ROLE = "unknown_role"
    OWN_LOGIN = "own_login"
    WRONG_CREDENTIALS = "wrong_credentials"


SENTENCES: Mapping[StrEnum, str] = {
    Refusal.NOT_PERMITTED: said("Your role does not allow this. The attempt is in the audit log."),
    Refusal.NOT_FOUND: said("There is no such record."),
    Refusal.PURPOSE_MISSING: said("Say first why you are looking: every look needs a purpose."),
    Refusal.BASIS_MISSING: said("No court order in force allows this look for that time."),
    Refusal.USER_EXISTS: said("This user name is taken."),
    Refusal.USER_NAME_UNUSABLE: said(
        "A user name has 1 to 150 letters, digits and @ . + - _ only."
    ),
    Refusal.PASSWORD_WEAK: said(
        "The password is shorter than 12 characters, a common one, or too like the name."
    ),
    Refusal.UNKNOWN_ROLE: said("There is no such role."),
    Refusal.OWN_LOGIN: said("Nobody changes their own log-in or roles. Ask another administrator."),
    Refusal.WRONG_CREDENTIALS: said("The name or the password is wrong."),
}
