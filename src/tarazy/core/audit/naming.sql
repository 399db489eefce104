-- SPDX-License-Identifier: EUPL-1.2
-- By which id a leaf is found: who acted, on what, on what basis. Read by their places in canonical
-- JSON and not as JSON, so that a leaf that somebody tampered with is in nobody's way. A commitment
-- to a detail is no id, and stands elsewhere.

create index core_audit_entry_actor on core_audit_entry
    ((substring(encode(leaf, 'escape') from '^\{"actor":"([^"]+)"')), seq);
create index core_audit_entry_basis on core_audit_entry
    ((substring(encode(leaf, 'escape') from '^\{"actor":"[^"]*","at":"[^"]*","basis":"([^"]+)"')), seq);
create index core_audit_entry_subject on core_audit_entry
    ((substring(encode(leaf, 'escape') from '"subject":"([^"]+)","v":[0-9]+,"verb":"[^"]*"\}$')), seq);
