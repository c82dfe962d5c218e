-- Alarms that compare versions of an SDK, and places (docs/watch.md).

-- In how many events and sources a property came new; 0 where that is not what the alarm is about.
alter table alarm add column events integer not null default 0;
alter table alarm add column sources integer not null default 0;

-- Profiles say more of each sender now than the older ones hold: they are learned anew.
delete from watch_profile;

-- A property that came new in several workspaces at once, for those who run the installation. No workspace is named.
create table wave (
  id           integer primary key,
  path         text    not null,             -- only such names as no value could be
  sdk          text    not null,
  sdk_version  text    not null,
  automatic    integer not null,
  workspaces   integer not null,             -- how many
  count        integer not null,             -- suspect values in all of them, when it was last looked
  first_ms     integer not null,
  raised_ms    integer not null,
  announced_ms integer                       -- null: not told yet
) strict;
create index wave_by_path on wave (path, raised_ms);
