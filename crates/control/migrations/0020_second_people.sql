-- Requests to make somebody an operator: one asks, another says yes; where there is no other, time passes instead.
create table operator_invite (
  id          blob    primary key,
  asked_by    blob    not null references account (id),
  reason      text    not null,
  epoch       integer not null,              -- the installation's when it was asked for; a lockdown or a restore ends it
  alone       integer not null,              -- nobody else could approve it
  asked_ms    integer not null,
  approved_by blob    references account (id),
  ready_ms    integer,                       -- from when the code can be made; null: waits for another operator
  void_ms     integer not null,
  mac         blob    not null
) strict, without rowid;

-- Who brought an operator in: for a while the two do not count as two people.
create table operator_origin (
  account    blob    primary key references account (id),
  invited_by blob    not null references account (id),
  since_ms   integer not null,
  mac        blob    not null
) strict, without rowid;

-- Members without a passkey who may enrol their first one, from within a session of their own.
create table first_passkey (
  account    blob    primary key references account (id),
  allowed_by blob    not null references account (id),
  epoch      integer not null,               -- the installation's when it was allowed; a lockdown or a restore ends it
  allowed_ms integer not null,
  ready_ms   integer not null,
  void_ms    integer not null,
  mac        blob    not null
) strict, without rowid;

-- From which networks a session was used, as keyed marks. The first is its home: its text is renewed there alone.
create table session_network (
  session  blob    not null references session (id) on delete cascade,
  network  text    not null,
  first_ms integer not null,
  home     integer not null,
  mac      blob    not null,
  primary key (session, network)
) strict, without rowid;

-- What a provider calls a session that it vouched for, so that it can end it (OpenID Connect Back-Channel Logout).
create table sign_on_session (
  session   blob primary key references session (id) on delete cascade,
  workspace blob not null references workspace (id),
  sid_hash  blob not null,                     -- keyed, of issuer and the provider's session id
  mac       blob not null
) strict, without rowid;
create index sign_on_session_by_sid on sign_on_session (workspace, sid_hash);
