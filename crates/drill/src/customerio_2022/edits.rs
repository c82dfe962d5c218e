//! What is done to the database (C8), and what a refusal to start has to name. `old` is a copy of it from before power was taken away.

/// Stands for the whole older file in the database's place.
pub const OLDER: &str = "replace the file";

/// What is found for the whole database, so that no other edit would be told beside it.
pub const ALONE: &[&str] = &["kept_state", "sqlite_schema", "an older database stands here"];

/// A table, and a statement that changes it.
pub type Edit = (&'static str, &'static str);

/// All of them.
#[rustfmt::skip]
pub const EDITS: &[Edit] = &[
    // Members, and what they may.
    ("membership", "update membership set role = 'owner' where role = 'viewer'"),
    ("membership", "update membership set role = 'admin' where role = 'viewer'"),
    ("membership", "update membership set created_ms = 0"),
    ("membership", "delete from membership where role = 'owner'"),
    ("membership", "insert into membership select w.id, m.account, 'owner', m.created_ms, m.mac from membership m, workspace w where m.role = 'viewer' and w.id <> m.workspace"),
    ("membership", "insert or replace into membership select * from old.membership where role = 'admin'"),
    ("membership", "update membership set mac = (select mac from membership where role = 'owner') where role = 'viewer'"),
    ("last_use", "delete from last_use"),
    ("last_use", "update last_use set used_ms = used_ms + 2592000000"),
    ("last_use", "update last_use set lapsed_ms = null, told = 0, renewed_ms = 4000000000000"),
    ("invite", "update invite set role = 'owner'"),
    ("invite", "update invite set expires_ms = 4000000000000"),
    ("invite", "update invite set workspace = (select id from workspace where id <> invite.workspace)"),
    ("profile", "update profile set sealed_email = (select sealed_email from profile order by account limit 1)"),
    // Accounts and how they sign in.
    ("account", "update account set kind = 'operator' where kind = 'member'"),
    ("account", "update account set kind = 'member' where kind = 'operator'"),
    ("account", "update account set epoch = epoch - 1"),
    ("account", "update account set passkeys_locked = 0 where passkeys_locked = 1"),
    ("account", "update account set ended_ms = null where ended_ms is not null"),
    ("account", "insert or replace into account select * from old.account where id in (select id from account where passkeys_locked = 1)"),
    ("account", "insert or replace into account select * from old.account where id in (select id from account where ended_ms is not null)"),
    ("passkey", "update passkey set account = (select account from membership where role = 'owner' limit 1)"),
    ("passkey", "delete from passkey"),
    ("passkey", "insert into passkey select * from old.passkey where id not in (select id from passkey)"),
    ("passkey", "update passkey set created_ms = 0"),
    ("passkey", "update passkey set credential = (select credential from passkey order by id desc limit 1)"),
    ("sign_in_code", "update sign_in_code set purpose = 'operator'"),
    ("sign_in_code", "update sign_in_code set expires_ms = 4000000000000"),
    ("sign_in_code", "update sign_in_code set account = (select account from membership where role = 'owner' limit 1)"),
    ("sign_in_code", "insert into sign_in_code select * from old.sign_in_code where hash not in (select hash from sign_in_code)"),
    ("sign_in_epoch", "update sign_in_epoch set epoch = epoch - 1"),
    ("sign_in_epoch", "delete from sign_in_epoch"),
    ("recovery", "insert into recovery (account, started_ms, ready_ms, mac) select account, 0, 1, mac from membership where role = 'owner' limit 1"),
    // Sessions and tokens.
    ("session", "update session set level = level + 1"),
    ("session", "update session set ends_ms = 4000000000000, idle_ms = 4000000000000"),
    ("session", "update session set account = (select account from membership where role = 'owner' limit 1)"),
    ("session", "update session set last_seen_ms = last_seen_ms + 3600000"),
    ("session", "insert into session select * from old.session where id not in (select id from session)"),
    ("session_token", "update session_token set session = (select id from session order by id limit 1)"),
    ("session_token", "update session_token set issued_ms = issued_ms + 3600000"),
    ("session_token", "delete from session_token"),
    ("api_token", "update api_token set scopes = 'people:read events:read ledger:read'"),
    ("api_token", "update api_token set revoked_ms = null where revoked_ms is not null"),
    ("api_token", "insert or replace into api_token select * from old.api_token"),
    ("api_token", "update api_token set expires_ms = 4000000000000"),
    ("api_token", "update api_token set networks = ''"),
    ("api_token", "update api_token set workspace = (select id from workspace where id <> api_token.workspace)"),
    ("api_token", "insert into api_token (id, hash, workspace, maker, name, scopes, installation_epoch, created_ms, expires_ms, networks, mac) select randomblob(16), randomblob(32), workspace, maker, name, scopes, installation_epoch, created_ms, expires_ms, networks, mac from api_token limit 1"),
    // What limits.
    ("workspace", "update workspace set mode = 'normal'"),
    ("mode_mark", "delete from mode_mark"),
    ("workspace", "update workspace set (mode, mode_reason, mode_by, mode_at_ms) = (select o.mode, o.mode_reason, o.mode_by, o.mode_at_ms from old.workspace o where o.id = workspace.id)"),
    ("mode_mark", "insert or replace into mode_mark select * from old.mode_mark"),
    ("installation", "update installation set mode = 'read_only'"),
    ("approval", "insert into approval select randomblob(16), workspace, account, 'please', 0, 4000000000000, mac from membership limit 1"),
    ("access_grant", "insert into access_grant select randomblob(16), workspace, 'support', account, 0, '{}', mac from membership limit 1"),
    ("workspace", "update workspace set retention_days = 1"),
    ("workspace", "update workspace set keep_ip = 'place'"),
    ("workspace", "update workspace set wrapped_seal = (select wrapped_seal from workspace order by id desc limit 1), name = 'x'"),
    ("source", "update source set disabled_ms = null where disabled_ms is not null"),
    ("source", "update source set write_key = write_key || 'x'"),
    ("source", "insert into source (id, workspace, name, write_key, created_ms) select randomblob(16), id, 'x', hex(id), 0 from workspace"),
    ("shield_rules", "delete from shield_rules"),
    // Passwords, and who may use them.
    ("password", "update password set hash = zeroblob(32)"),
    ("password", "update password set must_change = 0, failures = 0, used_step = 0"),
    ("password", "update password set account = (select account from membership where role = 'owner' limit 1)"),
    ("password", "insert into password select (select account from membership where role = 'viewer' limit 1), salt, hash, sealed_secret, used_step, failures, known_failures, failed_ms, known_failed_ms, half_ms, must_change, set_ms, mac from password"),
    ("password_leave", "delete from password_leave"),
    ("password_leave", "insert into password_leave select w.id, p.since_ms, p.mac from password_leave p, workspace w where w.id <> p.workspace"),
    // Grants, who brought whom in, from where, and who is told.
    ("access_grant", "update access_grant set subject = (select account from membership where role = 'viewer' limit 1)"),
    ("access_grant", "update access_grant set document = replace(document, '100', '900000')"),
    ("operator_invite", "update operator_invite set approved_by = asked_by, ready_ms = 0"),
    ("operator_invite", "update operator_invite set alone = 1, ready_ms = 0"),
    ("membership_giver", "update membership_giver set given_ms = 0"),
    ("membership_giver", "delete from membership_giver"),
    ("session_network", "update session_network set home = 1, network = '203.0.113.0/24'"),
    ("session_network", "delete from session_network"),
    ("notice_hook", "delete from notice_hook"),
    ("notice_hook", "update notice_hook set sealed = zeroblob(64)"),
    // The whole installation's clock of ends.
    ("installation", "update installation set mode_at_ms = 0, mode = 'normal', mode_by = 'nobody'"),
    ("shield_rules", "update shield_rules set workspace = (select id from workspace where id <> shield_rules.workspace)"),
    // The digest itself, and the whole.
    ("kept_state", "delete from kept_state"),
    ("kept_state", "update kept_state set number = number + 1"),
    ("an older database stands here", OLDER),
    ("sqlite_schema", "create trigger helpful after update on session begin delete from session_token; end"),
];
