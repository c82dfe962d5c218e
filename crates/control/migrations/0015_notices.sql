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
