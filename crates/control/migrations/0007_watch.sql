-- What follows the journal and watches (docs/watch.md). Position, profiles, census and alarms are written together.
create table watch_place (
  id       integer primary key check (id = 1),
  position integer not null                  -- the first journal offset that is not counted yet
) strict;

insert into watch_place (id, position) values (1, 0);

-- Sketches of one property each, sealed under the workspace's key; number -1 holds the names of senders.
create table watch_profile (
  workspace blob    not null references workspace (id),
  number    integer not null,
  sealed    blob    not null,
  primary key (workspace, number)
) strict, without rowid;

-- Which SDKs sent how much, by the day of arrival (days since 1970, UTC). Exact.
create table census (
  workspace   blob    not null references workspace (id),
  day         integer not null,
  source      blob    not null,
  sdk         text    not null,
  sdk_version text    not null,
  events      integer not null,
  automatic   integer not null,              -- of them captured automatically
  first_ms    integer not null,
  last_ms     integer not null,
  primary key (workspace, day, source, sdk, sdk_version)
) strict, without rowid;

-- Properties that began to look different. No column holds a value.
create table alarm (
  id           integer primary key,
  workspace    blob    not null references workspace (id),
  event        text    not null,
  path         text    not null,
  suspicion    text    not null,
  profile      integer not null,             -- its number in watch_profile
  "values"     integer not null,             -- of the property when it was raised
  count        integer not null,             -- suspect ones since the suspicion arose
  places       text    not null,             -- JSON: source, SDK, version, automatic, page, count, first, last
  first_ms     integer not null,
  last_ms      integer not null,
  raised_ms    integer not null,
  announced_ms integer,                      -- null: no notice yet
  settled_ms   integer,                      -- null: stands
  verdict      text,                         -- usual | leak
  settled_by   text
) strict;
create index alarm_by_workspace on alarm (workspace, id);

-- SDK versions that are refused, in whole or what they capture by themselves (docs/advisories.md).
create table advisory (
  id         integer primary key,
  workspace  blob    not null references workspace (id),
  sdk        text    not null,
  versions   text    not null,
  what       text    not null,               -- autocapture | all
  reason     text    not null,
  made_by    text    not null,
  created_ms integer not null
) strict;
create index advisory_by_workspace on advisory (workspace, id);
