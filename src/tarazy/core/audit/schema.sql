-- SPDX-License-Identifier: EUPL-1.2
-- The tables of the audit log, the only way into them, and what keeps them as they are.
-- Run by a migration as the owner; the role tarazy_app exists before. PostgreSQL >= 15, no extensions.

create table core_audit_entry (
    seq bigint primary key check (seq >= 0),  -- contiguous from 0: the index of the leaf in the tree
    at timestamptz not null,
    leaf bytea not null,  -- canonical JSON (RFC 8785): ids and commitments, never personal data
    leaf_hash bytea not null check (length(leaf_hash) = 32)
);
create index core_audit_entry_at on core_audit_entry (at);

-- Complete subtrees only: the node (level, position) covers the entries
-- position * 2^level up to (position + 1) * 2^level, and never changes once it is complete.
create table core_audit_node (
    level smallint check (level between 0 and 62),
    position bigint check (position >= 0),
    hash bytea not null check (length(hash) = 32),
    primary key (level, position)
);

-- What erasure may empty. Without the salt, a commitment tells nothing about the value.
create table core_audit_detail (
    seq bigint,
    name text,
    salt bytea not null check (length(salt) = 16),
    value text not null,
    primary key (seq, name)
);

create table core_audit_checkpoint (
    size bigint not null check (size >= 0),
    root bytea not null check (length(root) = 32),
    note text not null,  -- the signed tree head (C2SP tlog-checkpoint), as it was published
    at timestamptz not null,
    primary key (size, note)
);

create function core_audit_refuse() returns trigger language plpgsql as $$
begin
    raise exception '% of % is not allowed: the audit log only grows', tg_op, tg_table_name
        using errcode = 'insufficient_privilege';
end
$$;

create trigger core_audit_entry_only_grows before update or delete or truncate on core_audit_entry
    for each statement execute function core_audit_refuse();
create trigger core_audit_node_only_grows before update or delete or truncate on core_audit_node
    for each statement execute function core_audit_refuse();
create trigger core_audit_checkpoint_only_grows
    before update or delete or truncate on core_audit_checkpoint
    for each statement execute function core_audit_refuse();
create trigger core_audit_detail_only_erased before update or truncate on core_audit_detail
    for each statement execute function core_audit_refuse();

-- ALWAYS: they fire under session_replication_role = replica too.
alter table core_audit_entry enable always trigger core_audit_entry_only_grows;
alter table core_audit_node enable always trigger core_audit_node_only_grows;
alter table core_audit_checkpoint enable always trigger core_audit_checkpoint_only_grows;
alter table core_audit_detail enable always trigger core_audit_detail_only_erased;

-- Appends the leaves in order and returns the number of the first. details is a list of
-- [index of its leaf, name, salt in hexadecimal, value].
-- The lock is held until the end of the transaction: call it as the last statement.
-- (A later migration puts append.sql in its place, which does the same for all leaves at once.)
create function core_audit_append(leaves bytea[], details jsonb) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    first_seq bigint;
    next_seq bigint;
    next_leaf bytea;
    next_hash bytea;
    height smallint;
    place bigint;
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'the audit log is appended to under read committed only: '
            'the snapshot of another level may be older than the last entry';
    end if;
    perform pg_advisory_xact_lock(127970252055161);  -- 'tarazy' in ASCII
    select coalesce(max(seq) + 1, 0) into first_seq from core_audit_entry;
    next_seq := first_seq;
    foreach next_leaf in array leaves loop
        next_hash := sha256('\x00'::bytea || next_leaf);
        insert into core_audit_entry (seq, at, leaf, leaf_hash) values (
            next_seq,
            (convert_from(next_leaf, 'UTF8')::jsonb ->> 'at')::timestamptz,
            next_leaf,
            next_hash
        );
        height := 0;
        place := next_seq;
        insert into core_audit_node (level, position, hash) values (height, place, next_hash);
        while place & 1 = 1 loop  -- a right child completes its parent
            select sha256('\x01'::bytea || hash || next_hash) into next_hash
                from core_audit_node where level = height and position = place - 1;
            if not found then
                raise exception 'the audit tree lacks node (%, %): run `tarazy audit verify`',
                    height, place - 1 using errcode = 'data_corrupted';
            end if;
            height := height + 1;
            place := place >> 1;
            insert into core_audit_node (level, position, hash) values (height, place, next_hash);
        end loop;
        next_seq := next_seq + 1;
    end loop;
    insert into core_audit_detail (seq, name, salt, value)
        select first_seq + (item ->> 0)::bigint, item ->> 1, decode(item ->> 2, 'hex'), item ->> 3
        from jsonb_array_elements(details) item;
    return first_seq;
end
$$;

-- Forgets the details of one entry and returns how many there were; the entry itself stays.
create function core_audit_erase(entry_seq bigint) returns bigint
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    with erased as (delete from core_audit_detail where seq = entry_seq returning 1)
    select count(*) from erased
$$;

revoke all on core_audit_entry, core_audit_node, core_audit_detail, core_audit_checkpoint
    from public, tarazy_app;  -- default privileges of the database may have given more
grant select on core_audit_entry, core_audit_node, core_audit_detail, core_audit_checkpoint
    to tarazy_app;
grant insert on core_audit_checkpoint to tarazy_app;  -- its signature, not a right, makes it true
revoke all on function core_audit_append(bytea[], jsonb), core_audit_erase(bigint) from public;
grant execute on function core_audit_append(bytea[], jsonb), core_audit_erase(bigint) to tarazy_app;
