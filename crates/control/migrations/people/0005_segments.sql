-- Who is in which segment (docs/segments.md). The definitions stand in control.db; for segments with a condition everything
-- here can be worked out again from events and traits.
create table segment_run (
  no        integer primary key,
  workspace blob    not null,
  segment   blob    not null unique,
  version   integer not null,             -- of the definition that its people were judged by
  state     text    not null,             -- filling | ready | too_many
  next_code integer not null default 0,   -- filling: who comes next
  members   integer not null default 0
) strict;

-- Those who are in, and those for whom a window ends that may bring them in.
create table segment_person (
  segment  integer not null,              -- segment_run.no
  code     integer not null,
  space    integer not null,
  is_in    integer not null,
  since_ms integer not null,
  reason   text    not null,              -- what brought them in or out: no value of theirs
  next_ms  integer,                       -- when they are looked at again though nothing happened
  primary key (segment, code)
) strict, without rowid;
create index segment_person_of on segment_person (space, code);
create index segment_person_due on segment_person (next_ms) where next_ms is not null;

-- Entries and exits that have not been fed back as events yet.
create table segment_event (
  no        integer primary key autoincrement,
  workspace blob    not null,
  segment   blob    not null,
  name      text    not null,
  person    blob    not null,             -- the public id
  space     integer not null,
  code      integer not null,
  joined    integer not null,
  reason    text    not null,
  at_ms     integer not null
) strict;
create index segment_event_of on segment_event (space, code);
