-- What each trait was, the last values of it: who said so and when. A sealed value is not kept here, only its class.
create table trait_change (
  space   integer not null,
  code    integer not null,
  name    integer not null,
  no      integer not null,                     -- counted up for each trait of a code
  time_ms integer not null,                     -- of the event that wrote it
  source  blob    not null,                     -- that the event came by
  plain   text,                                 -- JSON; 'null' where it was removed
  class   text,                                 -- of a sealed one
  primary key (space, code, name, no)
) strict, without rowid;
