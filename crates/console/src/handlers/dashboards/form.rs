//! The forms of dashboards, read and filled in.

use dashboards::alerts::{NewAlert, Rule};
use dashboards::{Chart, Dashboard, NewDashboard, Range, Tile};
use question::kinds::FORMULA_NAME_BYTES_MAX;
use serde_json::{Value, json};
use service::ServiceError;

use crate::handlers::fields::Fields;
use crate::pages::dashboard::{EditView, TileForm};

/// A field that is wrong, and the fix.
pub(super) fn wrong(field: &str, fix: &str) -> ServiceError {
    ServiceError::Invalid { field: field.to_owned(), fix: fix.to_owned() }
}

/// A dashboard with nothing on it.
pub(super) fn new(name: &str) -> NewDashboard {
    NewDashboard { name: name.to_owned(), tiles: Vec::new(), filters: Vec::new(), range: Range::default() }
}

/// What stands in a field as JSON.
pub(super) fn parsed(field: &str, text: &str) -> Result<Value, ServiceError> {
    serde_json::from_str(text).map_err(|_| wrong(field, "JSON as in a question"))
}

/// The alert of the form: one event by day or hour, or that divided by another one.
pub(super) fn watched(fields: &Fields) -> Result<NewAlert, ServiceError> {
    let value: f64 = fields.text("value").parse().map_err(|_| wrong("value", "a number"))?;
    let rule = match fields.text("rule") {
        "above" => Rule { above: Some(value), ..Rule::default() },
        "below" => Rule { below: Some(value), ..Rule::default() },
        _ => Rule { outside: Some(value), ..Rule::default() },
    };
    let measured = |event: &str| json!({ "event": event, "measure": fields.text("measure") });
    let (event, other) = (fields.text("event"), fields.text("divided_by"));
    let mut question =
        json!({ "kind": "trend", "events": [measured(event)], "interval": fields.text("interval") });
    if !other.is_empty() {
        question["events"] = json!([measured(event), measured(other)]);
        let mut share = json!({ "formula": "A / B" });
        let name = format!("{event} / {other}");
        if name.len() <= FORMULA_NAME_BYTES_MAX {
            share["name"] = json!(name);
        }
        question["formulas"] = json!([share]);
    }
    Ok(NewAlert { name: fields.text("alert").to_owned(), question, rule })
}

/// The dashboard of the form. A tile without title and question is not there.
pub(super) fn written(fields: &Fields) -> Result<NewDashboard, ServiceError> {
    let some = |name: &str| Some(fields.text(name).to_owned()).filter(|text| !text.is_empty());
    let last_days = some("last_days")
        .map(|text| text.parse::<u32>().map_err(|_| wrong("last_days", "a whole number")))
        .transpose()?;
    let filters = fields.text("filters").lines().map(str::trim).filter(|line| !line.is_empty());
    let filters = filters.map(|line| parsed("filters", line)).collect::<Result<_, _>>()?;
    let mut placed: Vec<(u32, Tile)> = Vec::new();
    for (place, form) in typed_tiles(fields) {
        let dropped = fields.text(&format!("drop_{place}")) == "yes";
        if dropped || (form.title.is_empty() && form.question.is_empty()) {
            continue;
        }
        let at = |name: &str| format!("tiles/{place}/{name}");
        let chart = match form.chart.as_str() {
            "" => None,
            name => Some(Chart::from_name(name).ok_or_else(|| wrong(&at("chart"), "one of the list"))?),
        };
        let width = form.width.parse().map_err(|_| wrong(&at("width"), "1 to 3"))?;
        let question = parsed(&at("question"), &form.question)?;
        let to = fields.text(&format!("place_{place}"));
        let to = to.parse().map_err(|_| wrong(&at("place"), "a whole number"))?;
        placed.push((to, Tile { title: form.title, question, chart, width: Some(width) }));
    }
    placed.sort_by_key(|(to, _)| *to);
    Ok(NewDashboard {
        name: fields.text("name").to_owned(),
        tiles: placed.into_iter().map(|(_, tile)| tile).collect(),
        filters,
        range: Range { last_days, from: some("from"), to: some("to") },
    })
}

/// The tiles as they stand in the form, each with its number there.
pub(super) fn typed_tiles(fields: &Fields) -> Vec<(usize, TileForm)> {
    (0..=dashboards::definition::TILES_MAX)
        .filter(|place| !fields.all(&format!("title_{place}")).is_empty())
        .map(|place| {
            let text = |name: &str| fields.text(&format!("{name}_{place}")).to_owned();
            let form = TileForm {
                title: text("title"),
                chart: text("chart"),
                width: text("width"),
                question: text("question"),
            };
            (place, form)
        })
        .collect()
}

/// A dashboard as its form holds it, with an empty tile where there is room.
pub(super) fn edited(found: &Dashboard) -> EditView {
    let Dashboard { id, version, what, .. } = found;
    let tile = |tile: &Tile| TileForm {
        title: tile.title.clone(),
        chart: tile.chart.map_or_else(String::new, |chart| chart.as_str().to_owned()),
        width: tile.width().to_string(),
        question: tile.question.to_string(),
    };
    let mut tiles: Vec<TileForm> = what.tiles.iter().map(tile).collect();
    if tiles.len() < dashboards::definition::TILES_MAX {
        tiles.push(TileForm { width: "1".to_owned(), ..TileForm::default() });
    }
    let (from, to) = (what.range.from.clone(), what.range.to.clone());
    let days = from.is_none().then(|| what.range.last_days.unwrap_or(dashboards::definition::DAYS));
    EditView {
        id: *id,
        version: *version,
        name: what.name.clone(),
        last_days: days.map(|days| days.to_string()).unwrap_or_default(),
        from: from.unwrap_or_default(),
        to: to.unwrap_or_default(),
        filters: what.filters.iter().map(Value::to_string).collect::<Vec<_>>().join("\n"),
        tiles,
        wrong: None,
    }
}
