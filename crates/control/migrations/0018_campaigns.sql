-- Messages to people: what they say and to whom (docs/campaigns.md). Who approved them stands in access_grant. `mac` is a keyed
-- authenticator over the whole row, as in 0003_signin.sql: what was approved is what is sent.

create table template_version (
  workspace blob    not null references workspace (id),
  template  blob    not null,             -- 16 bytes, big endian
  version   integer not null,             -- from 1; a version is never changed
  document  text    not null,             -- JSON: name, subject, bodies, from, reply_to, who made it and when
  mac       blob    not null,
  primary key (workspace, template, version)
) strict, without rowid;

create table broadcast (
  id        blob    primary key,
  workspace blob    not null references workspace (id),
  state     text    not null,             -- draft | waiting | sending | stopped | done
  document  text    not null,             -- JSON: template and version, who, who edited it when, its grant, what became of it
  mac       blob    not null
) strict, without rowid;
create index broadcast_by_workspace on broadcast (workspace, state);
create index broadcast_by_state on broadcast (state);

-- Who gave a member the role they have, and when: nobody approves what is of somebody whom they owe their role to.
create table membership_giver (
  workspace blob    not null references workspace (id),
  account   blob    not null,
  giver     blob    not null,
  given_ms  integer not null,
  mac       blob    not null,
  primary key (workspace, account)
) strict, without rowid;

-- Programs' messages are many: what is compared with is found without going through them.
create index access_grant_by_kind on access_grant (workspace, kind, id);
