-- A workspace's own shield rules, the whole set as one document. Every set there ever was stays, so that the
-- review of an incident can say which rules were in force when.
create table shield_rules (
  workspace  blob    not null references workspace (id),
  version    integer not null,                     -- 1, 2, 3 …; the highest is in force
  document   text    not null,                     -- shield::rules::CustomRules as JSON
  changed_ms integer not null,
  primary key (workspace, version)
) strict, without rowid;
