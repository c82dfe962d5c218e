-- How far each follower that writes here has come.
create table progress (
  follower text    primary key,
  position integer not null
) strict, without rowid;

-- The workspaces, numbered, so that rows need no 16 bytes for them.
create table space (
  no        integer primary key,
  workspace blob    not null unique,
  next_code integer not null default 0,
  living    integer not null default 0          -- people neither merged away nor erased
) strict;

create table person (
  space         integer not null,
  code          integer not null,               -- dense, from 0
  public_id     blob    not null,
  first_seen_ms integer not null,
  last_seen_ms  integer not null,
  events        integer not null default 0,
  into_code     integer,                        -- the survivor, once merged away; never itself merged away
  erased        integer not null default 0,
  primary key (space, code)
) strict, without rowid;
create unique index person_by_public_id on person (space, public_id);
create index person_by_survivor on person (space, into_code) where into_code is not null;

-- Which identifier is whose. Found by keyed hash; the value itself is sealed under the key of `origin`.
create table identifier (
  space   integer not null,
  hash    blob    not null,
  kind    integer not null,                     -- 0 user id, 1 anonymous id
  code    integer not null,                     -- the living person
  origin  integer not null,                     -- the person it was first of
  tied    integer not null,                     -- whether that person has a user id
  how     text    not null,
  offset  integer not null,                     -- of the record that brought it
  sealed  blob    not null,
  primary key (space, hash)
) strict, without rowid;
create index identifier_by_person on identifier (space, code, kind);

create table trait_name (
  no    integer primary key,
  space integer not null,
  name  text    not null,
  unique (space, name)
) strict;

-- Either plain JSON, or a class and a keyed hash, the value then being in the vault.
create table trait (
  space   integer not null,
  code    integer not null,
  name    integer not null,
  time_ms integer not null,                     -- of the event that wrote it; the latest wins
  plain   text,
  class   text,
  hash    blob,
  primary key (space, code, name)
) strict, without rowid;
create index trait_by_hash on trait (space, hash) where hash is not null;

create table membership (
  space        integer not null,
  code         integer not null,
  group_hash   blob    not null,
  origin       integer not null,                -- under whose key the group's id is sealed
  sealed       blob    not null,
  first_ms     integer not null,
  last_ms      integer not null,
  primary key (space, code, group_hash)
) strict, without rowid;
create index membership_by_group on membership (space, group_hash);

create table group_trait (
  space      integer not null,
  group_hash blob    not null,
  name       text    not null,
  time_ms    integer not null,
  plain      text    not null,
  primary key (space, group_hash, name)
) strict, without rowid;

-- What was beyond a limit: counted, not kept.
create table overflow (
  space integer not null,
  code  integer not null,
  kind  text    not null,
  count integer not null,
  primary key (space, code, kind)
) strict, without rowid;

-- Why two people are one.
create table merged (
  space     integer not null,
  from_code integer not null,
  into_code integer not null,
  reason    text    not null,
  offset    integer not null,
  at_ms     integer not null,
  primary key (space, from_code)
) strict, without rowid;
create index merged_by_survivor on merged (space, into_code);

-- Two known people whom an alias calls one: for a member to decide.
create table suggestion (
  space  integer not null,
  one    integer not null,
  other  integer not null,
  offset integer not null,
  at_ms  integer not null,
  primary key (space, one, other)
) strict, without rowid;

-- Orders decided here that have not come back through the journal yet.
create table outgoing (
  no        integer primary key autoincrement,
  space     integer not null,
  code      integer not null,                   -- merge: the survivor; erase: the person
  from_code integer,                            -- merge: who is merged away; erase: null
  reason    text    not null,
  at_ms     integer not null
) strict;
