-- SPDX-License-Identifier: EUPL-1.2
-- Appends the leaves in order and returns the number of the first. details is a list of
-- [index of its leaf, name, salt in hexadecimal, value].
-- The lock is held until the end of the transaction: call it as the last statement.
-- All leaves at once, and then level by level: a step of the engine may append thousands, and
-- everybody else waits for the lock meanwhile.
create or replace function core_audit_append(leaves bytea[], details jsonb) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    first_seq bigint;
    height smallint := 0;
    first_place bigint;  -- of the nodes of this height that are new: the first and the last
    last_place bigint;
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'the audit log is appended to under read committed only: '
            'the snapshot of another level may be older than the last entry';
    end if;
    perform pg_advisory_xact_lock(127970252055161);  -- 'tarazy' in ASCII
    select coalesce(max(seq) + 1, 0) into first_seq from core_audit_entry;
    with entry as (
        insert into core_audit_entry (seq, at, leaf, leaf_hash)
            select first_seq + number - 1, (convert_from(leaf, 'UTF8')::jsonb ->> 'at')::timestamptz,
                leaf, sha256('\x00'::bytea || leaf)
            from unnest(leaves) with ordinality as one (leaf, number)
            returning seq, leaf_hash
    )
    insert into core_audit_node (level, position, hash) select height, seq, leaf_hash from entry;
    first_place := first_seq;
    last_place := first_seq + cardinality(leaves) - 1;
    -- A right child completes its parent. Its left one may be older: then it is the node before.
    while first_place <= last_place loop
        if first_place & 1 = 1 and not exists (
            select from core_audit_node where level = height and position = first_place - 1
        ) then
            raise exception 'the audit tree lacks node (%, %): run `tarazy audit verify`',
                height, first_place - 1 using errcode = 'data_corrupted';
        end if;
        insert into core_audit_node (level, position, hash)
            select height + 1, position >> 1, sha256('\x01'::bytea || before || hash)
            from (
                select position, hash, lag(hash) over (order by position) as before
                from core_audit_node
                where level = height and position between (first_place >> 1) << 1 and last_place
            ) as node
            where position & 1 = 1;
        height := height + 1;
        first_place := first_place >> 1;
        last_place := ((last_place + 1) >> 1) - 1;
    end loop;
    insert into core_audit_detail (seq, name, salt, value)
        select first_seq + (item ->> 0)::bigint, item ->> 1, decode(item ->> 2, 'hex'), item ->> 3
        from jsonb_array_elements(details) item;
    return first_seq;
end
$$;
