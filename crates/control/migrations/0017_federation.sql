-- What a directory says about members (SCIM). A row outlives the membership, so that who has left stays known as inactive.
create table provisioned (
  workspace     blob    not null references workspace (id),
  id            blob    not null,              -- the directory's handle: the first account's id; stays when the account is another one
  account       blob    references account (id), -- null: has left, or was never taken in
  name_hash     blob    not null,              -- keyed, of the user name in lower case
  external_hash blob,                          -- keyed, of the directory's own id
  sealed        blob    not null,              -- JSON: names and addresses, under the installation's key, bound to the id
  created_ms    integer not null,
  changed_ms    integer not null,
  mac           blob    not null,
  primary key (workspace, id),
  unique (workspace, name_hash)
) strict, without rowid;
create unique index provisioned_by_account on provisioned (workspace, account) where account is not null;
create index provisioned_by_external on provisioned (workspace, external_hash) where external_hash is not null;

-- A session that whoever vouched for it opened for one workspace alone; null: every one its account belongs to.
alter table session add column workspace blob;
-- The key of the device a session is bound to, as JSON; null: none.
alter table session add column binding text;

-- The provider that vouches for a workspace's members (OpenID Connect).
create table sign_on (
  workspace     blob    primary key references workspace (id),
  issuer        text    not null,
  client_id     text    not null,
  sealed_secret blob,                          -- under the installation's key, bound to the workspace; null: a public client
  trusted       text    not null,              -- JSON: classes whose word counts as much as a passkey of ours
  changed_ms    integer not null,
  mac           blob    not null
) strict, without rowid;

-- Whose addresses it vouches for; each domain is one workspace's.
create table sign_on_domain (
  domain    text primary key,
  workspace blob not null references sign_on (workspace) on delete cascade,
  mac       blob not null
) strict, without rowid;
create index sign_on_domain_by_workspace on sign_on_domain (workspace);

-- Who is who at the provider, from the first sign-in on.
create table sign_on_subject (
  workspace    blob    not null references sign_on (workspace) on delete cascade,
  subject_hash blob    not null,               -- keyed, of issuer and subject
  account      blob    not null references account (id),
  created_ms   integer not null,
  mac          blob    not null,
  primary key (workspace, subject_hash),
  unique (workspace, account)
) strict, without rowid;
