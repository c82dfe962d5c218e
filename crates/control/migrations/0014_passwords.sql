-- `mac` is a keyed authenticator over what a row grants, as in 0003_signin.sql.

-- Levels of sessions were numbered anew (2: two factors that can be passed on, 3: a passkey): everybody signs in again.
delete from session_token;
delete from session;

create table password (
  account        blob    primary key references account (id),
  salt           blob    not null,
  hash           blob    not null,         -- Argon2id over a keyed hash of the password
  sealed_secret  blob    not null,         -- of the second factor (TOTP), under the installation's key, bound to the account
  used_step      integer not null,         -- codes of this time step and earlier ones count no more
  failures       integer not null,         -- in a row, from browsers that never signed in to the account
  known_failures integer not null,         -- in a row, from browsers that did
  failed_ms      integer not null,         -- when the last of the former was
  known_failed_ms integer not null,        -- and of the latter
  half_ms        integer,                  -- when a strange browser last had the password right and the code wrong
  must_change    integer not null,         -- 1: known to strangers; another one is chosen before anything else
  set_ms         integer not null,
  mac            blob    not null
) strict, without rowid;

create table password_leave (              -- workspaces whose members may sign in with a password and a code
  workspace blob    primary key references workspace (id),
  since_ms  integer not null,
  mac       blob    not null
) strict, without rowid;

-- Attempts at addresses that are nobody's: writing them down takes as long as writing down what failed at somebody's,
-- so that the time an answer takes tells nothing.
create table password_unknown (
  one      integer primary key,
  attempts integer not null
) strict;

-- A recovery that members began is begun by one and approved by another; null: begun on the host.
alter table recovery add column started_by blob;
