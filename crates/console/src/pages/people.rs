//! The list of people, identifiers masked.

use jiff::Timestamp;
use maud::{Markup, html};
use model::PersonId;

use crate::components::event::person_tag;
use crate::components::table::{self, Pager};
use crate::components::{layout, notice, number, time};
use crate::frame::Frame;
use crate::paths;

/// What the page shows.
pub struct PeopleView {
    /// The people of this page.
    pub people: Vec<PersonRow>,
    /// How many there are in all; none for those who may look at single people only.
    pub total: Option<u64>,
    /// Whether somebody was looked for and not found. What was typed is not repeated: it may be personal.
    pub missed: bool,
    /// Where the list goes on.
    pub pager: Pager,
    /// The line to paste while there is nobody.
    pub curl: String,
}

/// One person in the list. Identifiers come masked.
pub struct PersonRow {
    /// The id.
    pub id: PersonId,
    /// The first user id, or else the first anonymous id: its kind and its masked text.
    pub identifier: Option<(String, String)>,
    /// How many events.
    pub events: u64,
    /// The first sight.
    pub first: Timestamp,
    /// The last sight.
    pub last: Timestamp,
}

/// The page.
pub fn page(frame: &Frame, view: &PeopleView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let action = paths::people(workspace.id);
    let head = layout::Head {
        title: "People",
        beside: Some(
            html! { @if let Some(total) = view.total { (number::whole(total)) " known · " } "identifiers masked" },
        ),
        acts: Some(
            html! { @if view.total.is_some() { a.btn href=(paths::people_suggestions(workspace.id)) { "Who might be one" } } },
        ),
    };
    layout::page(
        frame,
        &head,
        &html! {
            form.inline method="post" action=(action) role="search" {
                div.field {
                    label for="find" { "Find a person" }
                    input.input #find name="find" placeholder="User id, anonymous id or e-mail address" size="38" autocomplete="off" data-search;
                }
                button.btn { "Find" }
            }
            div.panel.flush {
                @if view.people.is_empty() { (nobody(view)) }
                @else {
                    (table::table("People", &[table::words("Person"), table::words("Known by"), table::words("Identifier"),
                        table::numbers("Events"), table::words("First seen"), table::words("Last seen")], &html! {
                        @for person in &view.people {
                            tr {
                                th scope="row" { (person_tag(workspace, Some(person.id))) }
                                @let (kind, text) = person.identifier.as_ref().map_or(("–", "–"), |(kind, text)| (kind.as_str(), text.as_str()));
                                td.nw { (kind) }
                                td.mono.nw { (text) }
                                td.n { (number::whole(person.events)) }
                                td { (time::day(frame, person.first)) }
                                td { (time::ago(frame, person.last)) }
                            }
                        }
                    }))
                    (table::pager(&view.pager))
                }
            }
        },
    )
}

fn nobody(view: &PeopleView) -> Markup {
    if !view.missed && view.total.is_none() {
        return notice::empty(&notice::Empty {
            title: "Find a person",
            text: "Your role looks at one person at a time: enter the identifier they gave you.",
            action: None,
            line: None,
        });
    }
    if !view.missed {
        return notice::empty(&notice::Empty {
            title: "Nobody yet",
            text: "People appear with their first event; identify gives them a user id and traits.",
            action: None,
            line: Some(&view.curl),
        });
    }
    notice::empty(&notice::Empty {
        title: "Nobody has this identifier",
        text: "The whole identifier is compared, by a keyed hash; parts of it cannot be searched for.",
        action: None,
        line: None,
    })
}
