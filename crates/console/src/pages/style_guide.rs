//! Every component once, for looking at and for tests.

use maud::{Markup, html};
use model::Class;

use crate::charts::Series;
use crate::charts::line::{LineChart, line};
use crate::charts::sparkline::{key, sparkline};
use crate::charts::stacked::{StackedChart, stacked};
use crate::components::question::{Choices, sentence};
use crate::components::trend_form::TrendForm;
use crate::components::{copy, facts, form, layout, mark, notice, number, table, time};
use crate::frame::Frame;

/// The page.
pub fn page(frame: &Frame) -> Markup {
    let head = layout::Head {
        title: "Components",
        beside: Some(html! { "each part of the console once" }),
        acts: Some(html! { button.btn type="button" { "Second" } button.btn.go type="button" { "First" } }),
    };
    layout::page(
        frame,
        &head,
        &html! {
            (part("Buttons", &html! { div.row {
                button.btn.go type="button" { "Save" } button.btn type="button" { "Share" } button.btn.danger type="button" { "Remove 12 people" }
                button.btn.small type="button" { "Small" } button.btn type="button" disabled { "Disabled" } button.link type="button" { "A link" }
            } }))
            (part("Marks and tags", &html! { div.row {
                @for class in Class::ALL { (mark::mark(class)) }
                @for (tone, text) in [("", "plain"), ("on", "selected"), ("good", "holds"), ("warn", "waits"), ("bad", "refused"), ("seal", "1 sealed")] { (facts::tag(tone, text)) }
            } }))
            (part("Question", &sentence(frame, &sample_question(), &Choices { events: vec!["Order Completed".to_owned()], properties: vec!["country".to_owned()] })))
            (part("Notices", &html! { div.stack {
                (notice::good("The source Web shop was created.")) (notice::warn("Waits for a second person", &html! { "Asked by another owner." }))
                (notice::bad("This cannot be asked", &html! { "The property is missing." }))
            } }))
            (part("Empty", &notice::empty(&notice::Empty { title: "No events yet", text: "Each event appears here.", action: Some(("#main", "Send one")), line: Some("curl …") })))
            (part("Form", &form::post(frame, "#", "fields", &fields())))
            (part("Facts, times, numbers", &facts::facts(&[
                ("Moment", time::moment(frame, frame.now)), ("Clock", time::clock(frame, frame.now)), ("Ago", time::ago(frame, frame.now)),
                ("Count", html! { (number::count(61_204, "event")) }),
            ])))
            (part("Figures", &html! { div.figures { (facts::figure("61,204", "events screened")) (facts::figure("12", "values removed")) } }))
            (part("Copy and code", &html! { div.stack { (copy::copy_box("sample-copy", "hf_…")) (copy::code("{\n  \"plan\": \"pro\"\n}")) } }))
            (part("Table", &html! {
                (table::table("Countries", &[table::words("Country"), table::numbers("People")], &html! { tr { th scope="row" { "Germany" } td.n { "61,204" } } }))
                (table::pager(&table::Pager { first: Some("#".to_owned()), next: Some("#".to_owned()), shown: "50 of 61,204".to_owned() }))
            }))
            (part("Charts", &charts()))
        },
    )
}

fn part(title: &str, body: &Markup) -> Markup {
    html! { section.panel { header { h2 { (title) } } (body) } }
}

fn fields() -> Markup {
    html! {
        (form::field(&form::Field { name: "sample-name", label: "Name", hint: Some("What it is for"), value: "Web shop", ..form::Field::default() }))
        (form::field(&form::Field { name: "sample-zone", label: "Time zone", value: "Berlin", wrong: Some("not a zone: try Europe/Berlin"), ..form::Field::default() }))
        (form::select("sample-role", "Role", "analyst", &[("admin", "admin"), ("analyst", "analyst")]))
        (form::checks("sample-scope", "Scopes", &[("events:read", "events:read", true), ("people:read", "people:read", false)]))
        div { (form::go("Save")) }
    }
}

fn sample_question() -> TrendForm {
    TrendForm::from_pairs([
        ("measure", "sum"),
        ("of", "revenue"),
        ("event", "Order Completed"),
        ("by", "country"),
        ("where", "plan"),
        ("op", "eq"),
        ("value", "pro"),
        ("from", "2026-10-01"),
        ("to", "2026-10-30"),
    ])
}

fn charts() -> Markup {
    let places: Vec<String> = (1..=14).map(|day| format!("{day} Oct")).collect();
    let series: Vec<Series> = (0..6_u32)
        .map(|line| Series {
            label: format!("Line {}", line + 1),
            values: (0..14_u32)
                .map(|day| (line + day != 9).then(|| f64::from(60 - line * 8 + (day * (7 + line)) % 11)))
                .collect(),
        })
        .collect();
    let (title, description) = ("Six lines", "Sample values of six series over fourteen days.");
    html! {
        div.stack {
            (line(&LineChart { id: "sample-line", title, description, places: &places, series: &series, before: &[], notes: &[] }))
            (stacked(&StackedChart { id: "sample-stack", title, description, places: &places, series: &series }))
            div.row { @for (index, series) in series.iter().enumerate() { span.row.tight { (key(index)) (series.label) (sparkline(series, index)) } } }
        }
    }
}
