//! The lists of schema changes, one line each, ordered by number. A change that has been released is
//! never edited: its checksum is recorded in every database that has it.

use crate::migration::Migration;

/// Of `control.db`.
#[rustfmt::skip]
pub const CONTROL_MIGRATIONS: &[Migration] = &[
    Migration { number: 1, name: "workspaces", sql: include_str!("../migrations/0001_workspaces.sql") },
    Migration { number: 2, name: "sources", sql: include_str!("../migrations/0002_sources.sql") },
    Migration { number: 3, name: "signin", sql: include_str!("../migrations/0003_signin.sql") },
    Migration { number: 4, name: "guard", sql: include_str!("../migrations/0004_guard.sql") },
    Migration { number: 5, name: "plans", sql: include_str!("../migrations/0005_plans.sql") },
    Migration { number: 6, name: "shield_rules", sql: include_str!("../migrations/0006_shield_rules.sql") },
    Migration { number: 7, name: "watch", sql: include_str!("../migrations/0007_watch.sql") },
    Migration { number: 8, name: "purges", sql: include_str!("../migrations/0008_purges.sql") },
    Migration { number: 9, name: "dialects", sql: include_str!("../migrations/0009_dialects.sql") },
    Migration { number: 10, name: "purge_list", sql: include_str!("../migrations/0010_purge_list.sql") },
    Migration { number: 11, name: "watch_versions", sql: include_str!("../migrations/0011_watch_versions.sql") },
    Migration { number: 12, name: "grants", sql: include_str!("../migrations/0012_grants.sql") },
    Migration { number: 13, name: "incidents", sql: include_str!("../migrations/0013_incidents.sql") },
    Migration { number: 14, name: "passwords", sql: include_str!("../migrations/0014_passwords.sql") },
    Migration { number: 15, name: "notices", sql: include_str!("../migrations/0015_notices.sql") },
    Migration { number: 16, name: "use", sql: include_str!("../migrations/0016_use.sql") },
    Migration { number: 17, name: "federation", sql: include_str!("../migrations/0017_federation.sql") },
    Migration { number: 18, name: "campaigns", sql: include_str!("../migrations/0018_campaigns.sql") },
    Migration { number: 19, name: "older_key", sql: include_str!("../migrations/0019_older_key.sql") },
    Migration { number: 20, name: "second_people", sql: include_str!("../migrations/0020_second_people.sql") },
    Migration { number: 21, name: "segments", sql: include_str!("../migrations/0021_segments.sql") },
    Migration { number: 24, name: "dashboards", sql: include_str!("../migrations/0024_dashboards.sql") },
];

/// Of `people.db`.
#[rustfmt::skip]
pub const PEOPLE_MIGRATIONS: &[Migration] = &[
    Migration { number: 1, name: "people", sql: include_str!("../migrations/people/0001_people.sql") },
    Migration { number: 2, name: "vault", sql: include_str!("../migrations/people/0002_vault.sql") },
    Migration { number: 3, name: "outbox", sql: include_str!("../migrations/people/0003_outbox.sql") },
    Migration { number: 4, name: "kept", sql: include_str!("../migrations/people/0004_kept.sql") },
    Migration { number: 5, name: "segments", sql: include_str!("../migrations/people/0005_segments.sql") },
    Migration { number: 6, name: "unmerge", sql: include_str!("../migrations/people/0006_unmerge.sql") },
    Migration { number: 7, name: "computed", sql: include_str!("../migrations/people/0007_computed.sql") },
    Migration { number: 8, name: "trait_history", sql: include_str!("../migrations/people/0008_trait_history.sql") },
    Migration { number: 9, name: "consent", sql: include_str!("../migrations/people/0009_consent.sql") },
];
