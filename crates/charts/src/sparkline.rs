//! A line as small as a word, beside its numbers.

use maud::{Markup, html};

use super::scale::coordinate;
use super::{Series, colour};

/// The run of a series between its least and its greatest value, in the colour of `index`; numbers stand beside it, so it is hidden from readers.
pub fn sparkline(series: &Series, index: usize) -> Markup {
    let present = || series.values.iter().flatten().copied().filter(|value| value.is_finite());
    let (low, high) = (present().fold(f64::INFINITY, f64::min), present().fold(f64::NEG_INFINITY, f64::max));
    let place_of = |value: f64| if high > low { 18.0 - (value - low) / (high - low) * 16.0 } else { 10.0 };
    let step = 96.0 / (series.values.len().max(2) - 1) as f64;
    let points: Vec<String> = series
        .values
        .iter()
        .enumerate()
        .filter_map(|(place, value)| {
            value.map(|value| format!("{},{}", coordinate(place as f64 * step), coordinate(place_of(value))))
        })
        .collect();
    html! {
        svg.spark viewBox="0 0 96 20" aria-hidden="true" {
            g class=(colour(index)) { polyline.path points=(points.join(" ")) {} }
        }
    }
}

/// The swatch of a series in a table that serves as the legend.
pub fn key(index: usize) -> Markup {
    html! {
        svg.key viewBox="0 0 12 12" aria-hidden="true" {
            g class=(colour(index)) { rect.fill width="12" height="12" rx="3" {} }
        }
    }
}
