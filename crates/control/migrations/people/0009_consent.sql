-- What people agree to, by purpose and channel. A row is a time in which the same was said without anything else in between:
-- events repeat what a browser has stored, and most of them say nothing new.
create table consent_purpose (
  no    integer primary key,
  space integer not null,
  name  text    not null,
  unique (space, name)
) strict;

create table consent (
  space     integer not null,
  code      integer not null,
  purpose   integer not null,                   -- consent_purpose.no
  channel   integer not null,                   -- 0 all, 1 email, 2 sms, 3 push, 4 web
  first_ms  integer not null,                   -- when it was said first
  state     integer not null,                   -- 0 granted, 1 withdrawn, 2 refused
  last_ms   integer not null,                   -- and last
  source    blob,                               -- that the first of the events came by
  by_member blob,                               -- or who entered it,
  reason    text,                               -- and their words
  primary key (space, code, purpose, channel, first_ms, state)
) strict, without rowid;

-- Traits of groups that changed: their members are judged again by the segments that ask for them, some at a time.
create table group_changed (
  no         integer primary key autoincrement, -- the first come first
  space      integer not null,
  group_hash blob    not null,
  name       text    not null,
  next_code  integer not null default 0,        -- whose turn it is
  again      integer not null default 0,        -- it changed once more meanwhile: everybody has another turn
  unique (space, group_hash, name)
) strict;
