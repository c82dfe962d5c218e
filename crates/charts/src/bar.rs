//! One bar beside its number.

use maud::{Markup, html};

use super::colour;
use super::scale::coordinate;

/// A bar as long as `count` is of `most`, in the colour of `index`. Its number stands beside it.
pub fn bar(count: u64, most: u64, index: usize) -> Markup {
    let width = if most == 0 { 0.0 } else { 400.0 * (count as f64 / most as f64) };
    html! {
        svg.bar viewBox="0 0 400 10" preserveAspectRatio="none" aria-hidden="true" {
            g class=(colour(index)) { rect.fill width=(coordinate(width.max(2.0))) height="10" {} }
        }
    }
}
