//! A grid of shares: the darker a cell, the greater its share.

use maud::{Markup, html};

use super::colour;
use super::scale::coordinate;
use super::steps::cut;
use crate::number;

/// A grid.
pub struct Grid<'a> {
    /// Unique on the page.
    pub id: &'a str,
    /// What it shows.
    pub title: &'a str,
    /// A sentence about it.
    pub description: &'a str,
    /// The heads of the columns.
    pub columns: &'a [String],
    /// The rows: a name, and a share for every column, none where there is nothing to say.
    pub rows: &'a [(String, Vec<Option<f64>>)],
}

/// How many rows a grid draws; a screen shows no more.
pub const ROWS_MAX: usize = 30;
/// How many columns a grid draws.
pub const COLUMNS_MAX: usize = 16;

const WIDTH: f64 = 640.0;
const LEFT: f64 = 72.0;
const ROW: f64 = 24.0;

/// The grid.
pub fn grid(grid: &Grid<'_>) -> Markup {
    let columns = grid.columns.len().min(COLUMNS_MAX);
    let rows = grid.rows.len().min(ROWS_MAX);
    let wide = (WIDTH - LEFT) / columns.max(1) as f64;
    html! {
        svg.chart.grid viewBox={ "0 0 " (WIDTH) " " (ROW * (rows as f64 + 1.0)) } role="group" aria-labelledby={ (grid.id) "-title" } aria-describedby={ (grid.id) "-text" } {
            title id={ (grid.id) "-title" } { (grid.title) }
            desc id={ (grid.id) "-text" } { (grid.description) }
            @for (place, head) in grid.columns.iter().take(columns).enumerate() {
                text.s x=(coordinate(LEFT + wide * (place as f64 + 0.5))) y="15" text-anchor="middle" { (head) }
            }
            @for (row, (name, shares)) in grid.rows.iter().take(rows).enumerate() {
                @let y = ROW * (row as f64 + 1.0);
                text.s x=(LEFT - 8.0) y=(y + 16.0) text-anchor="end" { (cut(name, 10)) }
                @for (place, share) in shares.iter().take(columns).enumerate() {
                    @if let Some(share) = share {
                        @let x = LEFT + wide * place as f64;
                        @let label = format!("{name}, {}: {}", grid.columns[place], number::percent(*share));
                        g class=(colour(0)) role="img" aria-label=(label) {
                            title { (label) }
                            rect.fill x=(coordinate(x + 1.0)) y=(coordinate(y + 1.0)) width=(coordinate(wide - 2.0)) height=(ROW - 2.0) rx="2" fill-opacity=(format!("{:.2}", 0.06 + 0.5 * share.clamp(0.0, 1.0))) {}
                            text x=(coordinate(x + wide / 2.0)) y=(y + 16.0) text-anchor="middle" { (number::percent((share * 100.0).round() / 100.0).replace(' ', "")) }
                        }
                    }
                }
            }
        }
    }
}
