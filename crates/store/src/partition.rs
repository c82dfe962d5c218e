//! Partitions: the months of UTC.

/// Rows of further months than these share one partition.
pub(crate) const PARTITIONS_MAX: usize = 60;
/// The folder of rows that share one partition.
pub(crate) const MIXED: &str = "mixed";

/// The month of an instant, counted from the year 0. Beyond the years 0 to 9999 it is that of the end.
pub(crate) fn month(ms: i64) -> i32 {
    // Howard Hinnant's days-to-civil, with years that begin in March.
    let days = ms.div_euclid(86_400_000).clamp(-719_528, 2_932_896) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let months = (era * 400 + year_of_era) * 12 + month_from_march + 2;
    i32::try_from(months).unwrap_or(0)
}

/// The folder of a month: `2026-08`.
pub(crate) fn name(month: i32) -> String {
    format!("{:04}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_have_their_names() {
        for (ms, wanted) in [
            (0, "1970-01"),
            (-1, "1969-12"),
            (951_782_400_000, "2000-02"),
            (951_868_800_000, "2000-03"),
            (1_785_542_399_999, "2026-07"),
            (1_785_542_400_000, "2026-08"),
            (i64::MAX, "9999-12"),
            (i64::MIN, "0000-01"),
        ] {
            assert_eq!(name(month(ms)), wanted, "{ms}");
        }
    }
}
