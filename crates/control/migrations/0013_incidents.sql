-- Of an incident only the question, numbers and digests are kept; whom it names stands in the ledger.

create table incident (
  id        blob    primary key,
  scope     blob    not null,             -- a workspace's id, or empty for the installation
  title     text    not null,
  opened_by text    not null,             -- the principal's name in the ledger
  opened_ms integer not null,
  asked     text    not null,             -- the question to the ledger, JSON
  facts     text    not null              -- for each workspace that was touched: counts and digest, JSON
) strict, without rowid;
create index incident_by_scope on incident (scope, opened_ms);

create table incident_line (
  id       integer primary key,
  incident blob    not null references incident (id),
  at_ms    integer not null,
  by       text    not null,
  kind     text    not null,              -- opened | note | drafted | sent | reset
  text     text    not null
) strict;
create index incident_line_by_incident on incident_line (incident, id);

create table incident_notice (
  incident    blob    not null references incident (id),
  workspace   blob    not null references workspace (id),
  text        text    not null,
  drafted_by  blob    not null references account (id),
  drafted_ms  integer not null,
  approved_by blob,
  sent_ms     integer,                    -- null: a draft
  told        text    not null,           -- the members who were told, JSON
  primary key (incident, workspace)
) strict, without rowid;
create index incident_notice_by_workspace on incident_notice (workspace, sent_ms);
