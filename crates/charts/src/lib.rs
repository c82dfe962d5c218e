//! Charts as SVG from the server, each with a table that says the same. Colours are classes `c1`…`c6`, so
//! one drawing serves light, dark and print. Nothing moves and nothing needs a script: what a point
//! says is shown by hovering over it or focusing it.
//!
//! Left to others: the pages around them (`console`, `public`), and the styles of those classes.
//!
//! Modules in reading order: [`line`], [`stacked`], [`steps`], [`grid`], [`flow`], [`bar`], [`sparkline`], [`scale`]; [`trend`] (rows
//! as series), [`tile`] (any answer as one picture and its table), and what is beside pictures: [`mod@table`], [`number`].

pub mod bar;
pub mod flow;
pub mod grid;
pub mod line;
pub mod number;
pub mod scale;
pub mod sparkline;
pub mod stacked;
pub mod steps;
pub mod table;
pub mod tile;
pub mod trend;

/// One line or one layer: a name and a value for every place of the horizontal axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What it counts.
    pub label: String,
    /// The values; none where nothing was measured.
    pub values: Vec<Option<f64>>,
}

impl Series {
    /// The sum of the values that are there.
    pub fn total(&self) -> f64 {
        self.values.iter().flatten().sum()
    }
}

/// How many series a chart draws; there are no more colours that can be told apart.
pub const SERIES_MAX: usize = 6;
/// How many places a chart draws; more are not to be told apart on a screen.
pub const PLACES_MAX: usize = 400;

/// The class of the colour of series `index`.
pub fn colour(index: usize) -> &'static str {
    ["c1", "c2", "c3", "c4", "c5", "c6"][index % SERIES_MAX]
}
