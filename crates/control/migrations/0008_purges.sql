-- Purges: what was asked for, how far it is, what came of it. `asked` is sealed under the workspace's key and holds the
-- value looked for; it goes when the purge is done.
create table purge (
  id          blob    primary key,
  workspace   blob    not null references workspace (id),
  asked       blob,
  shown       text    not null,                    -- the same without the value
  principal   text    not null,                    -- who ordered it
  created_ms  integer not null,
  step        text    not null,                    -- ordered, finding, people, journal, store, closing, done, failed
  at          integer not null default 0,          -- how far the present step is
  whole       integer not null default 0,          -- of how much
  note        text,                                -- what it waits for
  before      integer,                             -- the order's place in the journal: what came before it is meant
  people      text,                                -- what was found among people, as JSON
  set_aside   integer not null default 0,          -- events found in quarantine
  entry       integer,                             -- the ledger's entry that holds the report's digest
  report      text,                                -- JSON, without values
  finished_ms integer
) strict, without rowid;
create index purge_by_workspace on purge (workspace, created_ms);

-- Chunks of the archive that were looked through, with the events found in each.
create table purge_chunk (
  purge  blob    not null references purge (id),
  chunk  blob    not null,
  events integer not null,
  done   integer not null default 0,               -- written anew, or nothing to do
  primary key (purge, chunk)
) strict, without rowid;

-- What was found in a chunk, by person, property and library.
create table purge_found (
  purge    blob    not null references purge (id),
  chunk    blob    not null,
  person   integer not null,
  property text    not null,
  sdk      text    not null,
  events   integer not null,
  first_ms integer not null,
  last_ms  integer not null,
  primary key (purge, chunk, person, property, sdk)
) strict, without rowid;

-- Events that may have written traits: whose and when.
create table purge_moment (
  purge   blob    not null references purge (id),
  person  integer not null,
  time_ms integer not null,
  primary key (purge, person, time_ms)
) strict, without rowid;

-- People who go as a whole, and the keyed hashes of all that they are known by.
create table purge_person (
  purge  blob    not null references purge (id),
  person integer not null,
  primary key (purge, person)
) strict, without rowid;
create table purge_mark (
  purge blob not null references purge (id),
  mark  blob not null,
  primary key (purge, mark)
) strict, without rowid;

-- Journal files that were looked through, with the records changed in each.
create table purge_file (
  purge   blob    not null references purge (id),
  first   integer not null,
  changed integer not null,
  done    integer not null default 0,
  primary key (purge, first)
) strict, without rowid;
