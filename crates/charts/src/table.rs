//! Tables in a box that scrolls by itself, and the links to the next and the previous page.

use maud::{Markup, html};

/// A column's head; numbers stand to the right.
pub struct Column<'a> {
    /// The words.
    pub label: &'a str,
    /// Whether its cells are numbers.
    pub number: bool,
}

/// A column of words.
pub fn words(label: &str) -> Column<'_> {
    Column { label, number: false }
}

/// A column of numbers.
pub fn numbers(label: &str) -> Column<'_> {
    Column { label, number: true }
}

/// A table; `rows` are `tr` elements. `caption` names it for those who hear it.
pub fn table(caption: &str, columns: &[Column<'_>], rows: &Markup) -> Markup {
    boxed("scroll", caption, columns, rows)
}

/// A long table in a box of limited height, its head staying in sight.
pub fn tall(caption: &str, columns: &[Column<'_>], rows: &Markup) -> Markup {
    boxed("scroll tall", caption, columns, rows)
}

fn boxed(class: &str, caption: &str, columns: &[Column<'_>], rows: &Markup) -> Markup {
    html! {
        div class=(class) tabindex="0" role="region" aria-label=(caption) {
            table {
                caption.sr { (caption) }
                thead {
                    tr {
                        @for column in columns {
                            th scope="col" class=[column.number.then_some("n")] {
                                @if column.label.is_empty() { span.sr { "More" } } @else { (column.label) }
                            }
                        }
                    }
                }
                tbody { (rows) }
            }
        }
    }
}

/// Where a list goes on: addresses of the neighbours, where there are any, and what is shown now.
#[derive(Default)]
pub struct Pager {
    /// The first page, when this is not it.
    pub first: Option<String>,
    /// The next page.
    pub next: Option<String>,
    /// What is shown: `50 of 11,204 people`.
    pub shown: String,
}

/// The links below a list.
pub fn pager(pager: &Pager) -> Markup {
    html! {
        nav.pager aria-label="Pages" {
            span.soft.small { (pager.shown) }
            div.row.tight {
                @if let Some(first) = &pager.first { a.btn.small href=(first) { "First" } }
                @if let Some(next) = &pager.next { a.btn.small href=(next) rel="next" { "Next" } }
            }
        }
    }
}
