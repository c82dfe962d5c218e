//! The people behind a number of an answer, identifiers masked.

use maud::{Markup, html};

use super::people::PersonRow;
use crate::components::event::person_tag;
use crate::components::table::{self, Pager};
use crate::components::{layout, notice, number, time};
use crate::frame::Frame;
use crate::paths;

/// What the page shows.
pub struct BehindView {
    /// Which number, in words.
    pub what: String,
    /// How many people there are in all.
    pub total: u64,
    /// The people of this page.
    pub people: Vec<PersonRow>,
    /// Where the list goes on.
    pub pager: Pager,
}

/// The page.
pub fn page(frame: &Frame, view: &BehindView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let head = layout::Head {
        title: "People behind a number",
        beside: Some(html! { (number::whole(view.total)) " now · identifiers masked" }),
        acts: Some(html! { a.btn href=(paths::questions(workspace.id)) { "Questions" } }),
    };
    let columns = [
        table::words("Person"),
        table::words("Identifier"),
        table::numbers("Events"),
        table::words("First seen"),
        table::words("Last seen"),
    ];
    layout::page(
        frame,
        &head,
        &html! {
            p { (view.what) }
            div.panel.flush {
                @if view.people.is_empty() {
                    (notice::empty(&notice::Empty { title: "Nobody", text: "As it is now, nobody is behind this number.", action: None, line: None }))
                } @else {
                    (table::table("People", &columns, &html! {
                        @for person in &view.people {
                            tr {
                                th scope="row" { (person_tag(workspace, Some(person.id))) }
                                td.mono.nw { (person.identifier.as_ref().map_or("–", |(_, text)| text)) }
                                td.n { (number::whole(person.events)) }
                                td { (time::day(frame, person.first)) }
                                td { (time::ago(frame, person.last)) }
                            }
                        }
                    }))
                    (table::pager(&view.pager))
                }
            }
            p.soft.small { "Who is behind it is found anew for every page, so somebody may have joined or left since the number was told." }
        },
    )
}
