-- `mac` is a keyed authenticator over what a row grants, as in 0003_signin.sql.

create table profile (
  account      blob primary key references account (id),
  sealed_email blob not null,              -- under the installation's key, bound to the account
  email_hash   blob not null               -- keyed, of the address in lower case; not unique
) strict, without rowid;
create index profile_by_email on profile (email_hash);

create table membership (
  workspace  blob    not null references workspace (id),
  account    blob    not null references account (id),
  role       text    not null,             -- owner | admin | marketer | analyst | support | viewer
  created_ms integer not null,
  mac        blob    not null,
  primary key (workspace, account)
) strict, without rowid;
create index membership_by_account on membership (account);

create table invite (
  account    blob    primary key references account (id), -- made for whoever accepts
  workspace  blob    not null references workspace (id),
  role       text    not null,
  invited_by blob    not null references account (id),
  created_ms integer not null,
  expires_ms integer not null,
  mac        blob    not null
) strict, without rowid;
create index invite_by_workspace on invite (workspace);

create table mode_mark (
  scope blob primary key,                  -- a workspace's id, or empty for the installation
  mac   blob not null                      -- over the mode that stands in `workspace` or `installation`
) strict, without rowid;

create table approval (
  id         blob    primary key,
  scope      blob    not null,             -- as in mode_mark; what is asked for is its normal mode
  asked_by   blob    not null references account (id),
  reason     text    not null,
  created_ms integer not null,
  expires_ms integer not null,
  mac        blob    not null
) strict, without rowid;
create index approval_by_scope on approval (scope);

create table recovery (
  account    blob    primary key references account (id),
  started_ms integer not null,
  ready_ms   integer not null,             -- not before then
  mac        blob    not null
) strict, without rowid;

create table notice (
  id           integer primary key,
  workspace    blob,                       -- null: the installation's
  account      blob,                       -- null: everybody who runs the workspace
  kind         text    not null,
  detail       text    not null,           -- JSON, ids only
  created_ms   integer not null,
  delivered_ms integer
) strict;
create index notice_by_workspace on notice (workspace, id);
