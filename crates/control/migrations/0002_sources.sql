create table source (
  id                   blob    primary key,        -- 16 bytes, big endian
  workspace            blob    not null references workspace (id),
  name                 text    not null,
  write_key            text    not null unique,    -- public: it may only append
  previous_write_key   text    unique,             -- still accepted after a rotation
  previous_until_ms    integer,
  created_ms           integer not null,
  disabled_ms          integer                     -- null: takes events
) strict, without rowid;

create index source_by_workspace on source (workspace, id);

-- What was not taken, counted. No column holds anything that a sender wrote.
create table refusal (
  workspace   blob    not null,                    -- empty: of the installation (unknown write keys)
  source      blob    not null,
  reason      text    not null,
  field       text    not null,
  sdk         text    not null,
  sdk_version text    not null,
  count       integer not null,
  first_ms    integer not null,
  last_ms     integer not null,
  primary key (workspace, source, reason, field, sdk, sdk_version)
) strict, without rowid;

-- What the shield removed or sealed, counted by place. Names and paths are those of screened events.
create table finding (
  workspace blob    not null,
  event     text    not null,
  path      text    not null,
  class     text    not null,
  rule      text    not null,
  count     integer not null,
  first_ms  integer not null,
  last_ms   integer not null,
  primary key (workspace, event, path, class, rule)
) strict, without rowid;
