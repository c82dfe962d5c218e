-- Dashboards and what belongs to them (docs/dashboards.md): what is noted at days, alerts, schedules, share links. `mac` is a keyed
-- authenticator over the whole row, as in 0003_signin.sql: a share link lets numbers out to whoever has it.
create table dashboard_part (
  workspace blob    not null references workspace (id),
  kind      text    not null,             -- dashboard, annotation, alert, schedule, share
  id        blob    not null,             -- 16 bytes, big endian
  version   integer not null,             -- from 1
  document  text    not null,             -- JSON
  mac       blob    not null,
  primary key (workspace, kind, id)
) strict, without rowid;

-- How far alerts and schedules are: written in one transaction with the notice, so that none is told twice.
create table dashboard_done (
  workspace blob    not null references workspace (id),
  id        blob    not null,             -- of the alert or the schedule
  slot_ms   integer not null,             -- the start of the interval judged last, or the time sent for last
  breached  integer not null,             -- whether the alert's rule was broken there
  primary key (workspace, id)
) strict, without rowid;
