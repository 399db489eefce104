-- SPDX-License-Identifier: EUPL-1.2
-- Takes the audit log away, with all that it holds: for a development database only.

drop function core_audit_erase(bigint);
drop function core_audit_append(bytea[], jsonb);
drop table core_audit_checkpoint, core_audit_detail, core_audit_node, core_audit_entry;
drop function core_audit_refuse();
