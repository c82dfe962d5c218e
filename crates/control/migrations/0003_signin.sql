-- Rows that give power carry `mac`, a keyed authenticator over what they grant: a row that was edited
-- without the key is refused by name (docs/access.md).

create table sign_in_epoch (
  id    integer primary key check (id = 1),
  epoch integer not null,                 -- raised: every session and token made before ends
  mac   blob    not null
) strict;

create table account (
  id              blob    primary key,    -- 16 bytes, big endian
  kind            text    not null,       -- member | operator
  epoch           integer not null,       -- raised: every session of the account ends
  passkeys_locked integer not null,       -- 1: no new passkeys
  created_ms      integer not null,
  ended_ms        integer,
  mac             blob    not null
) strict, without rowid;

create table passkey (
  id            blob    primary key,
  account       blob    not null references account (id),
  credential_id blob    not null unique,
  credential    text    not null,         -- JSON: public key, counter, flags
  name          text    not null,
  created_ms    integer not null,
  last_used_ms  integer,
  mac           blob    not null
) strict, without rowid;
create index passkey_by_account on passkey (account);

create table sign_in_code (
  hash       blob    primary key,         -- keyed; the code itself is kept nowhere
  purpose    text    not null,            -- owner | operator | invite | recover
  account    blob    not null references account (id),
  created_ms integer not null,
  expires_ms integer not null,
  mac        blob    not null
) strict, without rowid;
create index sign_in_code_by_account on sign_in_code (account);

create table session (
  id                 blob    primary key,
  account            blob    not null references account (id),
  passkey            blob    not null,    -- the one it was opened with
  level              integer not null,
  account_epoch      integer not null,
  installation_epoch integer not null,
  created_ms         integer not null,
  last_seen_ms       integer not null,
  idle_ms            integer not null,    -- ends after that long without use
  ends_ms            integer not null,    -- ends then whatever happens
  mac                blob    not null
) strict, without rowid;
create index session_by_account on session (account);

create table session_token (
  hash        blob    primary key,        -- keyed
  session     blob    not null references session (id) on delete cascade,
  issued_ms   integer not null,
  replaced_ms integer,                    -- null: the present one of its session
  mac         blob    not null
) strict, without rowid;
create index session_token_by_session on session_token (session);

create table api_token (
  id                 blob    primary key,
  hash               blob    not null unique, -- keyed
  workspace          blob    not null references workspace (id),
  maker              blob    not null references account (id),
  name               text    not null,
  scopes             text    not null,    -- names, separated by spaces
  installation_epoch integer not null,
  created_ms         integer not null,
  expires_ms         integer not null,
  revoked_ms         integer,
  last_used_ms       integer,             -- to within a minute
  mac                blob    not null
) strict, without rowid;
create index api_token_by_workspace on api_token (workspace);
