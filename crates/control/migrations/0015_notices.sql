-- Whom a notice reached beside the console: by mail, by the workspace's webhook, by the operators' (docs/notices.md).

alter table notice add column settled_ms integer; -- every channel has it or gave up; null: the sender still looks at it
alter table notice add column planned integer not null default 0; -- 1: its rows in notice_delivery are made
-- What was told before there was a second channel is not sent now.
update notice set settled_ms = created_ms;
create index notice_unsettled on notice (id) where settled_ms is null;

create table notice_delivery (
  notice    integer not null references notice (id),
  channel   text    not null,             -- mail | webhook | operators
  recipient blob    not null,             -- an account's id; empty for a webhook
  state     text    not null,             -- waiting | delivered | given_up
  tries     integer not null,
  next_ms   integer not null,             -- not before then
  tried_ms  integer,                      -- the last time
  error     text,                         -- of the last time: a kind and a status, never a value
  primary key (notice, channel, recipient)
) strict, without rowid;
create index notice_delivery_waiting on notice_delivery (channel, next_ms) where state = 'waiting';

-- Where a workspace's notices are posted. Address and secret are sealed under the installation's key, bound to the
-- workspace, so that a row that was made or changed without the key does not open.
create table notice_hook (
  workspace blob    primary key references workspace (id),
  sealed    blob    not null,
  set_ms    integer not null
) strict, without rowid;

-- What everybody is told on the public status page, in words that people typed.
create table status_update (
  id       integer primary key,
  matter   integer not null,              -- the first update of the same matter
  incident blob    references incident (id), -- of which it tells; not shown
  state    text    not null,              -- investigating | identified | resolved
  title    text    not null,
  text     text    not null,
  by       text    not null,              -- not shown
  at_ms    integer not null
) strict;
create index status_update_by_matter on status_update (matter, id);

-- What a workspace that was told of an incident hears later; each bears the digest of its exact list and the number of
-- the ledger's entry that it is proved by.
create table incident_status (
  incident     blob    not null references incident (id),
  workspace    blob    not null references workspace (id),
  number       integer not null,
  status       integer not null references status_update (id),
  scope_sha256 text    not null,
  people       integer not null,
  entry        integer not null,
  primary key (incident, workspace, number)
) strict, without rowid;

create table incident_closing (
  incident  blob    primary key references incident (id),
  text      text    not null,
  by        text    not null,
  at_ms     integer not null
) strict, without rowid;
