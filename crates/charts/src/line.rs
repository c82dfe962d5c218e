//! Lines over time.

use maud::{Markup, html};

use super::scale::{Scale, coordinate, labelled};
use super::{PLACES_MAX, SERIES_MAX, Series, colour};
use crate::number;

/// A line chart.
pub struct LineChart<'a> {
    /// Unique on the page, for the title and description.
    pub id: &'a str,
    /// What it shows.
    pub title: &'a str,
    /// What a reader would say about it in a sentence.
    pub description: &'a str,
    /// The places of the horizontal axis, in order: `30 Oct`.
    pub places: &'a [String],
    /// The lines; at most [`SERIES_MAX`] are drawn.
    pub series: &'a [Series],
    /// The same lines in the period before, in the same order, drawn dashed; none where nothing is compared.
    pub before: &'a [Series],
    /// What was noted at places; each is marked, and its words stand wherever the page puts them.
    pub notes: &'a [(usize, String)],
}

struct Plot<'a> {
    chart: &'a LineChart<'a>,
    width: f64,
    height: f64,
    left: f64,
    scale: Scale,
    count: usize,
}

/// What a line says at one place.
struct Told<'a> {
    index: usize,
    series: &'a Series,
    value: f64,
    /// The value, and what it was in the period before.
    words: String,
}

const TOP: f64 = 10.0;
const RIGHT: f64 = 14.0;
const BOTTOM: f64 = 26.0;

/// The chart twice, once for wide and once for narrow windows, so that its text keeps its size; the
/// style shows one of them.
pub fn line(chart: &LineChart<'_>) -> Markup {
    html! {
        div.wide-only { (drawing(chart, "wide", 960.0, 260.0)) }
        div.narrow-only { (drawing(chart, "narrow", 340.0, 220.0)) }
    }
}

/// The chart once, for a place as narrow as a third of a page.
pub fn small(chart: &LineChart<'_>) -> Markup {
    drawing(chart, "small", 420.0, 220.0)
}

fn drawing(chart: &LineChart<'_>, variant: &str, width: f64, height: f64) -> Markup {
    let drawn = || chart.series.iter().take(SERIES_MAX);
    let before = || chart.before.iter().take(SERIES_MAX);
    let scale =
        Scale::around(drawn().chain(before()).flat_map(|series| series.values.iter().flatten().copied()), 4);
    let widest = scale.ticks.iter().map(|tick| number::short(*tick).chars().count()).max().unwrap_or(1);
    let plot = Plot {
        chart,
        width,
        height: height - TOP - BOTTOM,
        left: 14.0 + 7.0 * widest as f64,
        scale,
        count: chart.places.len().min(PLACES_MAX),
    };
    let (title_id, text_id) =
        (format!("{}-{variant}-title", chart.id), format!("{}-{variant}-text", chart.id));
    html! {
        svg.chart viewBox={ "0 0 " (width) " " (height) } role="group" aria-labelledby=(title_id) aria-describedby=(text_id) {
            title id=(title_id) { (chart.title) }
            desc id=(text_id) { (chart.description) }
            g transform={ "translate(0 " (TOP) ")" } {
                (plot.axes())
                @for (place, words) in chart.notes.iter().filter(|(place, _)| *place < plot.count) { (plot.note(*place, words)) }
                @for (index, series) in before().enumerate() { g class=(colour(index)) { path.path.before d=(plot.data(series)) {} } }
                @for (index, series) in drawn().enumerate() { (plot.path(series, index)) }
                g { @for place in 0..plot.count { (plot.column(place)) } }
            }
        }
    }
}

impl Plot<'_> {
    fn x(&self, place: usize) -> f64 {
        let span = self.width - self.left - RIGHT;
        match self.count {
            0 | 1 => self.left + span / 2.0,
            count => self.left + span * place as f64 / (count - 1) as f64,
        }
    }

    fn axes(&self) -> Markup {
        let labels_max = (self.width / 110.0) as usize;
        html! {
            @for tick in &self.scale.ticks {
                @let y = coordinate(self.scale.place(*tick, self.height));
                line class=(if *tick == 0.0 { "axis" } else { "rule" }) x1=(self.left) x2=(self.width - RIGHT) y1=(y) y2=(y) {}
                text.s x=(self.left - 8.0) y=(y) dy="4" text-anchor="end" { (number::short(*tick)) }
            }
            @for place in labelled(self.count, labels_max) {
                text.s x=(coordinate(self.x(place))) y=(self.height + 20.0) text-anchor=(if place == 0 && self.count > 1 { "start" } else { "middle" }) {
                    (self.chart.places[place])
                }
            }
        }
    }

    fn note(&self, place: usize, words: &str) -> Markup {
        let x = coordinate(self.x(place));
        html! {
            g.note role="img" aria-label={ (self.chart.places[place]) ": " (words) } {
                title { (words) }
                line x1=(x) x2=(x) y1="0" y2=(self.height) {}
                circle cx=(x) cy="0" r="4" {}
            }
        }
    }

    /// The line, broken where nothing was measured; a value between two gaps is drawn as a dot.
    fn data(&self, series: &Series) -> String {
        let mut data = String::new();
        let mut pen_down = false;
        for (place, value) in series.values.iter().take(self.count).enumerate() {
            let Some(value) = value else {
                pen_down = false;
                continue;
            };
            let (x, y) = (coordinate(self.x(place)), coordinate(self.scale.place(*value, self.height)));
            data.push_str(&format!("{}{x} {y}", if pen_down { "L" } else { "M" }));
            if !pen_down {
                data.push_str("h0");
            }
            pen_down = true;
        }
        data
    }

    /// The line, and the area below it where it is the only one.
    fn path(&self, series: &Series, index: usize) -> Markup {
        let data = self.data(series);
        let alone = self.chart.series.len() == 1
            && self.chart.before.is_empty()
            && series.values.iter().take(self.count).all(Option::is_some);
        html! {
            g class=(colour(index)) {
                @if alone && self.count > 1 {
                    @let (first, last) = (coordinate(self.x(0)), coordinate(self.x(self.count - 1)));
                    @let floor = coordinate(self.scale.place(self.scale.low.max(0.0), self.height));
                    path.area d={ (data) "L" (last) " " (floor) "L" (first) " " (floor) "Z" } {}
                }
                path.path d=(data) {}
            }
        }
    }

    /// Everything at one place: a band to hover over, dots, and what they say.
    fn column(&self, place: usize) -> Markup {
        let x = self.x(place);
        let step = (self.width - self.left - RIGHT) / (self.count.max(2) - 1) as f64;
        let at = |series: &Series| series.values.get(place).copied().flatten();
        let one = |(index, series)| {
            let value = at(series)?;
            let before = self.chart.before.get(index).and_then(at);
            let before =
                before.map_or(String::new(), |before| format!(" (before {})", number::plain(before)));
            Some(Told { index, series, value, words: format!("{}{before}", number::plain(value)) })
        };
        let told: Vec<Told<'_>> =
            self.chart.series.iter().take(SERIES_MAX).enumerate().filter_map(one).collect();
        let words: Vec<String> =
            told.iter().map(|told| format!("{} {}", told.series.label, told.words)).collect();
        let label = format!("{}: {}", self.chart.places[place], words.join(", "));
        html! {
            g.at tabindex=(if place + 1 == self.count { "0" } else { "-1" }) role="img" aria-label=(label) {
                rect.hit x=(coordinate(x - step / 2.0)) y="0" width=(coordinate(step)) height=(self.height) {}
                line.guide x1=(coordinate(x)) x2=(coordinate(x)) y1="0" y2=(self.height) {}
                @for told in &told {
                    g class=(colour(told.index)) {
                        circle.ring cx=(coordinate(x)) cy=(coordinate(self.scale.place(told.value, self.height))) r="3.5" {}
                    }
                }
                (self.tip(place, x, &told))
            }
        }
    }

    fn tip(&self, place: usize, x: f64, told: &[Told<'_>]) -> Markup {
        let longest = told
            .iter()
            .map(|told| told.series.label.chars().count().min(LABEL_MAX) + told.words.chars().count() + 4)
            .chain([self.chart.places[place].chars().count() + 1])
            .max()
            .unwrap_or(8);
        let (width, height) = (18.0 + 6.8 * longest as f64, 26.0 + 17.0 * told.len() as f64);
        let left = if x + width + 12.0 > self.width { x - width - 10.0 } else { x + 10.0 }.max(0.0);
        html! {
            g.tip transform={ "translate(" (coordinate(left)) " 4)" } aria-hidden="true" {
                rect.back width=(coordinate(width)) height=(height) rx="4" {}
                text.head x="10" y="18" { (self.chart.places[place]) }
                @for (row, told) in told.iter().enumerate() {
                    @let y = 35.0 + 17.0 * row as f64;
                    g class=(colour(told.index)) { rect.fill x="10" y=(y - 8.0) width="8" height="8" rx="2" {} }
                    text x="24" y=(y) { tspan.s { (cut(&told.series.label)) " " } tspan { (told.words) } }
                }
            }
        }
    }
}

const LABEL_MAX: usize = 24;

fn cut(label: &str) -> String {
    if label.chars().count() <= LABEL_MAX {
        return label.to_owned();
    }
    label.chars().take(LABEL_MAX - 1).chain(['…']).collect()
}
