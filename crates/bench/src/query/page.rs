//! The report as one page that needs nothing else: ratios beside their goals, and what each engine took.

use std::fmt::Write as _;

use super::table::{Figures, Measured, QueryReport, Size};

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1d2530;--soft:#5d6875;--line:#c9d1da;--own:#0b6e4f;--other:#8aa0b6;--bad:#b3382c;--paper:#fff}\
@media(prefers-color-scheme:dark){:root{--ink:#e6eaef;--soft:#9aa6b3;--line:#3a4450;--own:#4cc38a;--other:#5f7387;--bad:#e5766b;--paper:#14181d}}\
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:60rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2.5rem}p{color:var(--soft)}svg{width:100%;height:auto}\
svg text{font:12px system-ui,sans-serif;fill:var(--ink)}svg .soft{fill:var(--soft)}.own{fill:var(--own)}.other{fill:var(--other)}.bad{fill:var(--bad)}\
.axis{stroke:var(--line)}.mark{stroke:var(--ink);stroke-width:2}.line{fill:none;stroke:var(--own);stroke-width:1.5}table{border-collapse:collapse}td,th{padding:.2rem .8rem .2rem 0;text-align:right}\
td:first-child,th:first-child{text-align:left}th{font-weight:600;border-bottom:1px solid var(--line)}";

/// Where the drawings' bars begin and how long the longest is.
const LEFT: f64 = 200.0;
const LONGEST: f64 = 320.0;
const WIDTH: f64 = 760.0;
const ROW: f64 = 20.0;

/// The page.
pub fn page(report: &QueryReport) -> String {
    let mut out = String::from("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">");
    let _ = write!(
        out,
        "<meta name=\"viewport\" content=\"width=device-width\"><title>holdfast bench query</title><style>{STYLE}</style></head><body>\
         <h1>Questions, beside other engines</h1><p>The same invented shop's events in every engine, {} threads each, warm; the median of {} \
         rounds in turns; answers compared before anything was measured. Seed {}.</p>",
        report.threads, report.rounds, report.seed
    );
    for size in &report.sizes {
        of_size(&mut out, size);
    }
    if let [first, .., last] = report.sizes.as_slice() {
        let _ =
            write!(out, "<h2>Growth from {} to {} events</h2>", grouped(first.events), grouped(last.events));
        out.push_str("<p>Our seconds, both axes by logarithm; below, the seconds for a million events: level where answers grow as the events do.</p>");
        growth(&mut out, &report.sizes);
    }
    out.push_str("</body></html>\n");
    out
}

fn of_size(out: &mut String, size: &Size) {
    let _ = write!(out, "<h2>{} events</h2>", grouped(size.events));
    let _ = write!(
        out,
        "<p>{} people, {} of them merged, {} sessions, 90 days; {} events fresh, the others in chunks.</p>",
        grouped(size.people),
        grouped(size.merged),
        grouped(size.sessions),
        grouped(size.fresh)
    );
    if size.questions.iter().any(|measured| measured.ratio.is_some()) {
        out.push_str("<p>Best of the others divided by ours, the worse of wall and processor time; | floor, || goal.</p>");
        ratios(out, &size.questions);
    }
    for measured in &size.questions {
        let _ = write!(out, "<h3>{}</h3>", escaped(&measured.question));
        bars(out, measured);
    }
    out.push_str(
        "<h3>At rest</h3><table><tr><th>engine<th>MB<th>bytes an event<th>loaded, s<th>processor, s</tr>",
    );
    for store in &size.stores {
        let _ = write!(
            out,
            "<tr><td>{}<td>{:.1}<td>{:.1}<td>{:.1}<td>{:.1}</tr>",
            escaped(&store.engine),
            store.disk_bytes as f64 / 1e6,
            store.disk_bytes as f64 / size.events.max(1) as f64,
            store.load_wall_s,
            store.load_cpu_s
        );
    }
    out.push_str("</table>");
}

/// A bar for every question, by logarithm, with its floor and goal.
fn ratios(out: &mut String, questions: &[Measured]) {
    let worse = |measured: &Measured| measured.ratio.map(|ratio| ratio.worse());
    let all = questions.iter().flat_map(|measured| [worse(measured).unwrap_or(1.0), measured.goal]);
    let (least, most) =
        all.fold((0.5_f64, 2.0_f64), |(least, most), value| (least.min(value), most.max(value)));
    let x = |value: f64| LEFT + LONGEST * (value.max(least) / least).ln() / (most / least).ln();
    open(out, questions.len(), "ratios to the best of the others");
    for (row, measured) in questions.iter().enumerate() {
        let Some(ratio) = worse(measured) else { continue };
        let class = if ratio < measured.floor { "bad" } else { "own" };
        let y = row as f64 * ROW;
        bar(out, (y, &measured.question, class), x(ratio) - LEFT, &format!("{ratio:.2}×"));
        for (value, widths) in [(measured.floor, &[0.0][..]), (measured.goal, &[0.0, 4.0])] {
            for shift in widths {
                let at = x(value) + shift;
                let _ = write!(
                    out,
                    "<line class=\"mark\" x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"{:.1}\" y2=\"{:.1}\"/>",
                    y + 2.0,
                    y + 18.0
                );
            }
        }
    }
    let one = x(1.0);
    let _ = write!(
        out,
        "<line class=\"axis\" x1=\"{one:.1}\" x2=\"{one:.1}\" y1=\"0\" y2=\"{:.1}\"/></svg>",
        questions.len() as f64 * ROW
    );
}

/// A bar for every engine.
fn bars(out: &mut String, measured: &Measured) {
    let longest = measured.figures.iter().filter_map(|figures| figures.wall_s).fold(0.0, f64::max);
    open(out, measured.figures.len(), &format!("seconds for: {}", measured.question));
    for (row, figures) in measured.figures.iter().enumerate() {
        let class = if row == 0 { "own" } else { "other" };
        let length = LONGEST * figures.wall_s.unwrap_or_default() / longest.max(1e-9);
        bar(out, (row as f64 * ROW, &figures.engine, class), length, &told(figures));
    }
    out.push_str("</svg>");
}

fn told(figures: &Figures) -> String {
    match (figures.wall_s, figures.cpu_s) {
        (Some(wall), Some(cpu)) => {
            format!("{wall:.3} s, processor {cpu:.3} s, {} MiB", figures.peak_bytes >> 20)
        }
        _ => figures.problem.clone().unwrap_or_default(),
    }
}

/// A line for every question from size to size, both axes by logarithm, and the table of it.
fn growth(out: &mut String, sizes: &[Size]) {
    let Some(first) = sizes.first() else { return };
    let lines: Vec<(&str, Vec<(f64, f64)>)> = first
        .questions
        .iter()
        .enumerate()
        .map(|(row, asked)| (asked.question.as_str(), line(sizes, row)))
        .collect();
    let points = || lines.iter().flat_map(|(_, points)| points);
    let around = |of: &dyn Fn(&(f64, f64)) -> f64| {
        points()
            .map(of)
            .fold((f64::INFINITY, 0.0_f64), |(least, most), value| (least.min(value), most.max(value)))
    };
    let place = |value: f64, (least, most): (f64, f64)| (value / least).ln() / (most / least).ln().max(1e-9);
    let (wide, high) = (around(&|point| point.0), around(&|point| point.1));
    let height = ROW * 16.0;
    let at = |(events, wall): (f64, f64)| {
        (LEFT + LONGEST * place(events, wide), 10.0 + (height - 20.0) * (1.0 - place(wall, high)))
    };
    let _ = write!(
        out,
        "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"our seconds by events\">"
    );
    let mut ends: Vec<(f64, f64, &str)> = Vec::new();
    for (name, points) in &lines {
        let path: Vec<String> =
            points.iter().map(|point| at(*point)).map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let _ = write!(out, "<polyline class=\"line\" points=\"{}\"/>", path.join(" "));
        ends.extend(points.last().map(|point| at(*point)).map(|(x, y)| (x, y, *name)));
    }
    // Names that would stand on each other are moved down.
    ends.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut free = 0.0_f64;
    for (x, y, name) in ends {
        let y = y.max(free);
        free = y + 14.0;
        let _ = write!(out, "<text x=\"{:.1}\" y=\"{:.1}\">{}</text>", x + 8.0, y + 4.0, escaped(name));
    }
    out.push_str("</svg><table><tr><th>question");
    for size in sizes {
        let _ = write!(out, "<th>{}", grouped(size.events));
    }
    out.push_str("</tr>");
    for (name, points) in &lines {
        let _ = write!(out, "<tr><td>{}", escaped(name));
        for (events, wall) in points {
            let _ = write!(out, "<td>{:.4}", wall / (events / 1e6));
        }
        out.push_str("</tr>");
    }
    out.push_str("</table>");
}

/// Events and our seconds at every size.
fn line(sizes: &[Size], row: usize) -> Vec<(f64, f64)> {
    let point = |size: &Size| {
        let wall = size.questions.get(row).and_then(Measured::own)?.wall_s?;
        Some((size.events as f64, wall.max(1e-6)))
    };
    sizes.iter().filter_map(point).collect()
}

fn open(out: &mut String, rows: usize, about: &str) {
    let height = rows as f64 * ROW;
    let _ =
        write!(out, "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{}\">", escaped(about));
}

fn bar(out: &mut String, (y, name, class): (f64, &str, &str), length: f64, told: &str) {
    let length = length.max(1.0);
    let _ = write!(
        out,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>\
         <rect class=\"{class}\" x=\"{LEFT}\" y=\"{:.1}\" width=\"{length:.1}\" height=\"14\" rx=\"2\"/>\
         <text class=\"soft\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
        LEFT - 8.0,
        y + 14.0,
        escaped(name),
        y + 3.0,
        (LEFT + length + 8.0).max(LEFT + 8.0),
        y + 14.0,
        escaped(told)
    );
}

/// A number with commas.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
