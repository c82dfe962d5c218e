-- Tracking plans. A version is never changed; the newest one of the active plan judges what arrives.
create table plan (
  workspace blob    not null references workspace (id),
  name      text    not null,
  active    integer not null,                      -- 1: judges; at most one of a workspace
  primary key (workspace, name)
) strict, without rowid;
create unique index plan_active on plan (workspace) where active = 1;

create table plan_version (
  workspace blob    not null,
  name      text    not null,
  version   integer not null,                      -- from 1
  made_ms   integer not null,
  made_by   text    not null,
  document  text    not null,                      -- JSON
  primary key (workspace, name, version),
  foreign key (workspace, name) references plan (workspace, name)
) strict;

-- How often plans were violated, by day. Names and paths are those of screened events; no value is here.
create table plan_violation (
  workspace blob    not null,
  day       integer not null,                      -- days since 1970, UTC
  plan      text    not null,
  event     text    not null,
  property  text    not null,
  rule      text    not null,
  mode      text    not null,
  count     integer not null,
  first_ms  integer not null,
  last_ms   integer not null,
  primary key (workspace, day, plan, event, property, rule, mode)
) strict, without rowid;
create index plan_violation_by_day on plan_violation (day);
