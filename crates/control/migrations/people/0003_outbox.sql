-- What a broadcast hands to the relay: one row a person, and one an address.
create table outbox (
  workspace blob    not null,
  broadcast blob    not null,
  person    blob    not null,             -- the public id
  address   blob    not null,             -- keyed hash; the address itself stays in the vault
  state     text    not null,             -- waiting | handing | accepted | failed | suppressed | uncertain | stopped
  tries     integer not null default 0,
  next_ms   integer not null default 0,   -- waiting: not before
  status    integer,                      -- the relay's answer
  at_ms     integer,                      -- of the last change
  primary key (broadcast, person),
  unique (broadcast, address)
) strict, without rowid;
create index outbox_by_state on outbox (broadcast, state, next_ms);
create index outbox_by_person on outbox (person);
create index outbox_by_address on outbox (workspace, address, state);

-- Who is not written to, by keyed hash of the address: stays when the profile is erased, and never expires.
create table suppression (
  workspace blob    not null,
  address   blob    not null,
  reason    text    not null,             -- unsubscribed | complained
  broadcast blob,                         -- the message that it came of
  at_ms     integer not null,
  primary key (workspace, address)
) strict, without rowid;
create index suppression_by_broadcast on suppression (broadcast, reason);
