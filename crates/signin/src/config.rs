//! What the installation decides about signing in, and the figures that nobody decides.

/// Which site passkeys belong to.
#[derive(Clone, Debug)]
pub struct Config {
    /// The relying party's id: the console's host name, fixed for good when the installation is made,
    /// since every passkey is bound to it.
    pub rp_id: String,
    /// The name that authenticators show.
    pub rp_name: String,
    /// The console's origins, scheme and port included: `http://localhost:7071`.
    pub origins: Vec<String>,
    /// Whether sessions that are not bound to a device are renewed in any network, not only in the one they were opened in.
    pub sessions_roam: bool,
}

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// How long a set-up, invitation or recovery code is good for.
pub const CODE_LIFE_MS: i64 = DAY_MS;
/// How long a begun enrolment or sign-in may take.
pub const CEREMONY_LIFE_MS: i64 = 5 * MINUTE_MS;
/// The most begun ceremonies of a kind; beyond it the oldest is forgotten.
pub const CEREMONIES_MAX: usize = 20_000;
/// From a step-up's challenge to its use.
pub const STEP_UP_LIFE_MS: i64 = 120_000;
/// The most open step-ups; beyond it the oldest is forgotten.
pub const STEP_UPS_MAX: usize = 20_000;
/// The most open step-ups of one session; beyond it the oldest is forgotten.
pub const STEP_UPS_PER_SESSION_MAX: usize = 16;
/// After how long a session's text is replaced by a new one.
pub const RENEW_AFTER_MS: i64 = 10 * MINUTE_MS;
/// How long a replaced text still counts, for requests that were already on their way.
pub const GRACE_MS: i64 = 10_000;
/// How far time synchronisation may set the clock back, or two threads disagree, without anything counting
/// as not yet begun.
pub const CLOCK_STEP_MS: i64 = 10_000;
/// How exactly a session's last use is kept; a session may end this much early, never late.
pub const LAST_USE_STEP_MS: i64 = MINUTE_MS;
/// A token's life where nobody says otherwise.
pub const TOKEN_LIFE_MS: i64 = 90 * DAY_MS;
/// The longest life of a token.
pub const TOKEN_LIFE_MS_MAX: i64 = 366 * DAY_MS;
/// The most networks that one token names.
pub const TOKEN_NETWORKS_MAX: usize = 16;
/// The most passkeys of one account.
pub const PASSKEYS_MAX: usize = 20;
/// The most sessions of one account; beyond it the one unused for longest ends.
pub const SESSIONS_MAX: usize = 50;
/// How many sessions that have ended one sweep removes: whoever writes meanwhile must not wait long.
pub const SWEPT_SESSIONS_MAX: u32 = 2_000;
/// The longest name of a passkey or token, in bytes.
pub const NAME_BYTES_MAX: usize = 100;

/// How long a session lives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lifetime {
    /// It ends after that long without use.
    pub idle_ms: i64,
    /// It ends then, however busy.
    pub whole_ms: i64,
}

impl Lifetime {
    /// Of somebody who runs nothing.
    pub const MEMBER: Self = Self { idle_ms: 30 * MINUTE_MS, whole_ms: 12 * HOUR_MS };
    /// Of owners, admins and operators.
    pub const POWERFUL: Self = Self { idle_ms: 15 * MINUTE_MS, whole_ms: 12 * HOUR_MS };
}
