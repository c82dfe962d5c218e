//! What those who run the workspace are told without asking.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::components::{layout, notice, table, time};
use crate::frame::Frame;

/// What the page shows.
pub struct NoticesView {
    /// The notices, newest first.
    pub notices: Vec<NoticeRow>,
}

/// One notice.
pub struct NoticeRow {
    /// When.
    pub at: Timestamp,
    /// What happened, as in the ledger.
    pub kind: String,
    /// Who did it, or whom it concerns.
    pub who: Option<String>,
}

/// The page.
pub fn page(frame: &Frame, view: &NoticesView) -> Markup {
    let head = layout::Head { title: "Notices", ..layout::Head::default() };
    layout::page(
        frame,
        &head,
        &html! {
            div.panel.flush {
                @if view.notices.is_empty() {
                    (notice::empty(&notice::Empty {
                        title: "Nothing to tell",
                        text: "When somebody gains or loses power here, stops collection, or sees more people than usual, it stands here. Nobody has to ask for it.",
                        action: None,
                        line: None,
                    }))
                } @else {
                    (listed(frame, &view.notices))
                }
            }
        },
    )
}

/// The notices as a table, wherever they stand.
pub(super) fn listed(frame: &Frame, notices: &[NoticeRow]) -> Markup {
    let columns = [table::words("When"), table::words("What"), table::words("Who")];
    table::table(
        "Notices",
        &columns,
        &html! {
            @for row in notices {
                tr {
                    td { (time::moment(frame, row.at)) }
                    td { (guard::words(&row.kind)) " " code.soft { (row.kind) } }
                    td.nw { @if let Some(who) = &row.who { code { (who) } } }
                }
            }
        },
    )
}
