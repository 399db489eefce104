-- SPDX-License-Identifier: EUPL-1.2
-- By which id a leaf is found: who acted, on what, on what basis. Read by their places in canonical
-- JSON and not as JSON, so that a leaf that somebody tampered with is in nobody's way: ids hold no
-- quotation mark, the first fields are actor, at and basis, and the last subject, v and verb. Where
-- there is no basis the name of the next field stands in its place, which is nobody's id. Cut out
-- and split, for a regular expression takes ten times as long, and each line of the log waits for it.

create index core_audit_entry_actor on core_audit_entry
    ((split_part(encode(substr(leaf, 1, 300), 'escape'), '"', 4)), seq);
create index core_audit_entry_basis on core_audit_entry
    ((split_part(encode(substr(leaf, 1, 300), 'escape'), '"', 12)), seq);
create index core_audit_entry_subject on core_audit_entry
    ((split_part(encode(substr(leaf, greatest(length(leaf) - 400, 1)), 'escape'), '"', -8)), seq);
