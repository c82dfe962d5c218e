create table workspace (
  id                blob    primary key,           -- 16 bytes, big endian
  name              text    not null,
  time_zone         text    not null,              -- IANA name
  retention_days    integer,                       -- null: events are kept for ever
  keep_ip           text    not null,              -- nothing | place
  created_ms        integer not null,
  deleted_ms        integer,
  wrapped_seal      blob,                          -- null once deleted: nothing of it can be opened again
  wrapped_hash_seed blob,
  mode              text    not null default 'normal',
  mode_reason       text    not null default '',
  mode_by           text    not null default '',
  mode_at_ms        integer not null default 0
) strict, without rowid;

create table installation (
  id          integer primary key check (id = 1),
  mode        text    not null default 'normal',
  mode_reason text    not null default '',
  mode_by     text    not null default '',
  mode_at_ms  integer not null default 0
) strict;

insert into installation (id) values (1);
