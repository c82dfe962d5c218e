//! Lists of addresses and passwords tried one after the other: how much one address and one network may fail, and when the
//! whole looks like an attack, wherever it comes from. Kept in memory; what an account has to bear is kept with its password.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;

/// How long failures are held against an address or a network.
const HELD_MS: i64 = 10 * 60_000;
/// How many failures an address has.
const ADDRESS_FAILURES_MAX: u32 = 30;
/// How many a network has: a /24, or a /64 of IPv6.
const NETWORK_FAILURES_MAX: u32 = 300;
/// The most that are told apart; further ones share.
const PLACES_MAX: usize = 100_000;
const STEP_MS: i64 = 10_000;
/// Steps that make a minute, and an hour.
const WINDOWS: [(usize, u64); 2] = [(6, 40), (360, 200)];
/// An attack fails at least so many times as often as it is let in.
const FAILURES_FOR_EACH: u64 = 4;
/// How long an attack counts as going on after it was last seen.
const GOES_ON_MS: i64 = 60 * 60_000;

/// How a sign-in with a password ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum End {
    /// It fitted.
    Fitted,
    /// The address is nobody's here.
    Unknown,
    /// Something else did not fit, or was not even looked at.
    Wrong,
}

/// What an alarm says.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Wave {
    /// How many sign-ins failed.
    pub failed: u64,
    /// For how many of them the address is nobody's here.
    pub unknown: u64,
    /// How many were let in.
    pub fitted: u64,
    /// Within how many seconds.
    pub within_s: u64,
}

/// What was tried lately.
#[derive(Debug, Default)]
pub(crate) struct Stuffing {
    addresses: Failures,
    networks: Failures,
    /// By the step it was in.
    steps: VecDeque<(i64, Wave)>,
    seen_ms: Option<i64>,
}

impl Stuffing {
    /// Whether somebody at `from` may try: the seconds to wait where not.
    pub(crate) fn may_try(&mut self, from: IpAddr, now_ms: i64) -> Result<(), u64> {
        let address = self.addresses.wait_s(from, ADDRESS_FAILURES_MAX, now_ms);
        let network = self.networks.wait_s(network_of(from), NETWORK_FAILURES_MAX, now_ms);
        match address.max(network) {
            0 => Ok(()),
            wait_s => Err(wait_s),
        }
    }

    /// Counts what came of a try; a failure is held against `from`. An alarm where it has just become clear that it is an
    /// attack.
    pub(crate) fn ended(&mut self, from: Option<IpAddr>, end: End, now_ms: i64) -> Option<Wave> {
        if let Some(from) = from.filter(|_| end != End::Fitted) {
            self.addresses.add(from, now_ms);
            self.networks.add(network_of(from), now_ms);
        }
        let step = now_ms.div_euclid(STEP_MS);
        if self.steps.back().is_none_or(|(last, _)| *last < step) {
            self.steps.push_back((step, Wave::default()));
            let most = WINDOWS.iter().map(|(steps, _)| *steps).max().unwrap_or_default();
            while self.steps.len() > most {
                self.steps.pop_front();
            }
        }
        if let Some((_, wave)) = self.steps.back_mut() {
            wave.failed += u64::from(end != End::Fitted);
            wave.unknown += u64::from(end == End::Unknown);
            wave.fitted += u64::from(end == End::Fitted);
        }
        let wave = WINDOWS.iter().find_map(|(steps, failures_min)| {
            let wave = self.last(*steps, step);
            (wave.failed >= *failures_min && wave.failed >= FAILURES_FOR_EACH * wave.fitted).then_some(wave)
        })?;
        let begun = !self.goes_on(now_ms);
        self.seen_ms = Some(now_ms);
        begun.then_some(wave)
    }

    /// Whether an attack is going on.
    pub(crate) fn goes_on(&self, now_ms: i64) -> bool {
        self.seen_ms.is_some_and(|seen_ms| (0..GOES_ON_MS).contains(&(now_ms - seen_ms)))
    }

    fn last(&self, steps: usize, step: i64) -> Wave {
        let within = i64::try_from(steps).unwrap_or(i64::MAX);
        let mut all = Wave { within_s: (within * STEP_MS / 1_000).unsigned_abs(), ..Wave::default() };
        for (_, wave) in self.steps.iter().rev().take_while(|(at, _)| step - at < within) {
            all.failed += wave.failed;
            all.unknown += wave.unknown;
            all.fitted += wave.fitted;
        }
        all
    }
}

/// Failures of each, since when.
#[derive(Debug, Default)]
struct Failures {
    places: HashMap<IpAddr, (i64, u32)>,
    /// Of those who found no place.
    others: (i64, u32),
}

impl Failures {
    fn wait_s(&self, who: IpAddr, most: u32, now_ms: i64) -> u64 {
        let full = self.places.len() >= PLACES_MAX;
        let (since_ms, count) =
            self.places.get(&who).copied().unwrap_or(if full { self.others } else { (0, 0) });
        let left_ms = since_ms + HELD_MS - now_ms;
        if count < most || !(1..=HELD_MS).contains(&left_ms) {
            0
        } else {
            left_ms.unsigned_abs().div_ceil(1_000)
        }
    }

    fn add(&mut self, who: IpAddr, now_ms: i64) {
        if self.places.len() >= PLACES_MAX && !self.places.contains_key(&who) {
            self.places.retain(|_, (since_ms, _)| (0..HELD_MS).contains(&(now_ms - *since_ms)));
        }
        let free = self.places.len() < PLACES_MAX || self.places.contains_key(&who);
        let place = if free { self.places.entry(who).or_insert((now_ms, 0)) } else { &mut self.others };
        if !(0..HELD_MS).contains(&(now_ms - place.0)) {
            *place = (now_ms, 0);
        }
        place.1 = place.1.saturating_add(1);
    }
}

fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4((u32::from(address) & !0xff).into()),
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) >> 64 << 64).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(n: u32) -> IpAddr {
        IpAddr::V4(n.into())
    }

    /// How many probes and how many milliseconds it takes until the alarm, for `addresses` in turn, one every `every_ms`.
    fn noticed(addresses: u32, every_ms: i64) -> Option<(u32, i64)> {
        let mut stuffing = Stuffing::default();
        (0..2_000_u32).find_map(|n| {
            let now_ms = 1_000_000 + i64::from(n) * every_ms;
            let from = address(n % addresses * 1_000);
            let end = if stuffing.may_try(from, now_ms).is_ok() { End::Unknown } else { End::Wrong };
            stuffing.ended(Some(from), end, now_ms).map(|_| (n + 1, now_ms - 1_000_000))
        })
    }

    #[test]
    fn attacks_from_one_place_and_from_everywhere_are_noticed() {
        // 2 a second from one address; one every ten minutes from each of 5,000.
        for (addresses, every_ms) in [(1, 500), (5_000, 120)] {
            let (probes, ms) = noticed(addresses, every_ms).unwrap();
            assert!(probes <= 500 && ms <= 60_000, "{addresses}: {probes} probes, {ms} ms");
        }
        // Slower than that, it still is within an hour.
        assert!(noticed(5_000, 10_000).is_some());
    }

    #[test]
    fn people_who_mistype_are_no_attack() {
        let mut stuffing = Stuffing::default();
        for n in 0..2_000_u32 {
            let end = if n % 3 == 0 { End::Wrong } else { End::Fitted };
            assert_eq!(stuffing.ended(Some(address(n)), end, 1_000_000 + i64::from(n) * 50), None);
        }
    }

    #[test]
    fn an_alarm_is_raised_once_in_an_attack() {
        let mut stuffing = Stuffing::default();
        let alarms = (0..500).filter(|n| stuffing.ended(None, End::Unknown, 1_000 * n).is_some());
        assert_eq!(alarms.count(), 1);
        assert!(stuffing.goes_on(600_000) && !stuffing.goes_on(500_000 + GOES_ON_MS));
    }

    #[test]
    fn an_address_and_its_network_run_out_and_others_do_not() {
        let mut stuffing = Stuffing::default();
        for _ in 0..ADDRESS_FAILURES_MAX {
            assert!(stuffing.may_try(address(1), 1_000).is_ok());
            stuffing.ended(Some(address(1)), End::Wrong, 1_000);
        }
        assert_eq!(stuffing.may_try(address(1), 1_000), Err(600));
        assert!(stuffing.may_try(address(2), 1_000).is_ok());
        assert!(stuffing.may_try(address(1), 1_000 + HELD_MS).is_ok());
        for n in 0..NETWORK_FAILURES_MAX {
            stuffing.ended(Some(address(n % 200)), End::Wrong, 2_000);
        }
        assert!(stuffing.may_try(address(250), 2_000).is_err(), "the network");
        assert!(stuffing.may_try(address(300), 2_000).is_ok(), "another one");
    }
}
