#![allow(dead_code, reason = "tests and gallery use different parts")]

//! Every page with a sample view, full and empty: what the tests walk and the gallery shows.

use ::dashboards::ask::Outcome;
use ::dashboards::{Chart, Tile};
use ::question::{ColumnType, Question};
use console::charts::Series;
use console::charts::trend::Lines;
use console::components::behaviour_form::{BehaviourForm, Kind as Asked};
use console::components::behind::{Behind, Points};
use console::components::event::EventView;
use console::components::form;
use console::components::keep::Kept;
use console::components::question::Choices;
use console::components::table::Pager;
use console::components::trend_form::{EventPart, FormulaPart, TrendForm};
use console::frame::{Frame, Held, MemberBadge, Opens, Section, Theme, WorkspaceBadge};
use console::pages::{consent, *};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use maud::Markup;
use model::*;
use serde_json::{Map, Value, json};

/// The nonce of every sample.
pub const NONCE: &str = "sample-nonce-0123456789";

/// All pages: file name and markup.
pub fn all() -> Vec<(&'static str, Markup)> {
    let lone = Frame { workspace: None, member: None, ..frame(Section::Elsewhere) };
    let mut out = vec![
        (
            "sign-in",
            sign_in::page(&lone, &sign_in::SignInView { next: "/", right_address: None, passwords: None }),
        ),
        (
            "sign-in-address",
            sign_in::page(
                &lone,
                &sign_in::SignInView {
                    next: "/",
                    right_address: Some("http://localhost:7071"),
                    passwords: None,
                },
            ),
        ),
        (
            "sign-on-onward",
            sign_on::onward(&lone, "Taking you to your organisation", "/sign-in/organisation/go"),
        ),
        ("sign-on-refused", sign_on::refused(&lone, &service::sign_on::NotSignedOn::NoProvider)),
        ("enrol", enrol::page(&lone, &enrol::EnrolView { code: "", wrong: None, passwords: true })),
        (
            "enrol-wrong",
            enrol::page(
                &lone,
                &enrol::EnrolView {
                    code: "old",
                    wrong: Some("used or older than 24 h: ask for a new one"),
                    passwords: false,
                },
            ),
        ),
        (
            "sign-in-password",
            sign_in::page(
                &lone,
                &sign_in::SignInView {
                    next: "/",
                    right_address: None,
                    passwords: Some(passwords::PasswordForm {
                        email: "noemie@harbour-goods.example",
                        wrong: Some("This does not fit."),
                    }),
                },
            ),
        ),
        (
            "password-enrol",
            passwords::enrol(&lone, "invite-c0de", Some(("password", "at least 15 characters"))),
        ),
        ("password-app", passwords::confirm(&lone, &app_secret(), None)),
        ("password-replace", passwords::replace(&lone, "s4mple", "/", None)),
        ("workspaces", workspaces::page(&lone, &workspaces_view(true))),
        ("workspaces-none", workspaces::page(&lone, &workspaces_view(false))),
        ("lone-not-found", errors::not_found_page(&lone)),
        ("lone-forbidden", errors::forbidden_page(&lone, "Your role does not open this page.", &[])),
        ("operations", operations::page(&operator(Section::Operations), &operations_view(None))),
        (
            "operations-held",
            operations::page(
                &operator(Section::Operations),
                &operations_view(held(Section::Live, false).held),
            ),
        ),
        (
            "operations-opened",
            operations::page(
                &operator(Section::Operations),
                &operations::OperationsView {
                    opened: vec![operations::OpenedRow {
                        workspace: WorkspaceId(1),
                        name: "Harbour Goods".to_owned(),
                        reason: "ticket 7".to_owned(),
                        until: ago(-3_600),
                    }],
                    mirrored: vec![operations::MirrorRow {
                        place: "syslog",
                        next: 12_345,
                        behind: 67,
                        trouble: Some("no connection to the syslog server".to_owned()),
                    }],
                    ..operations_view(None)
                },
            ),
        ),
        ("operators", operators::page(&operator(Section::Operators), &operators_view(true))),
        ("operators-alone", operators::page(&operator(Section::Operators), &operators_view(false))),
        (
            "operations-passkeys",
            passkeys::page(
                &operator(Section::Access),
                &passkeys::PasskeysView {
                    path: console::paths::OPERATIONS_PASSKEYS.to_owned(),
                    ..passkeys_view()
                },
            ),
        ),
        ("components", style_guide::page(&frame(Section::Elsewhere))),
        ("purges-empty", purges::page(&frame(Section::Quality), &purges_view(Vec::new(), None))),
        ("purges", purges::page(&frame(Section::Quality), &purges_view(vec![purge_row()], None))),
        (
            "purges-counted",
            purges::page(&frame(Section::Quality), &purges_view(vec![purge_row()], Some(purge_count()))),
        ),
        ("purge", purges::one(&frame(Section::Quality), &purge_view())),
    ];
    out.extend(workspace_pages());
    out.extend(trust_pages());
    out.extend(empty_pages());
    out
}

fn workspace_pages() -> Vec<(&'static str, Markup)> {
    let elsewhere = frame(Section::Elsewhere);
    let flash =
        Frame { flash: Some("The source Web shop was created.".to_owned()), ..frame(Section::Sources) };
    let waiting = onboarding::OnboardingView {
        source: "Web shop",
        write_key: KEY,
        collect_url: COLLECT,
        first: None,
        strange: 2,
    };
    let first = events().remove(1);
    vec![
        ("welcome", onboarding::page(&elsewhere, &waiting)),
        (
            "welcome-arrived",
            onboarding::page(&elsewhere, &onboarding::OnboardingView { first: Some(&first), ..waiting }),
        ),
        ("live", live::page(&frame(Section::Live), &live_view(events()))),
        ("people", people::page(&frame(Section::People), &people_view())),
        ("person", person::page(&frame(Section::People), &person_view())),
        ("suggestions", suggestions::page(&frame(Section::People), &suggestions_view(false))),
        ("suggestions-empty", suggestions::page(&frame(Section::People), &suggestions_view(true))),
        ("question", question::page(&frame(Section::Questions), &question_view("day", &["country"], 4))),
        ("question-compared", question::page(&frame(Section::Questions), &compared_view())),
        ("question-one", question::page(&frame(Section::Questions), &question_view("day", &[], 1))),
        ("question-many", question::page(&frame(Section::Questions), &question_view("day", &["country"], 9))),
        (
            "funnel",
            behaviour_page(
                Asked::Funnel,
                &FUNNEL,
                table_of(json!([
                    ["DE", 1, 3336, null],
                    ["DE", 2, 2879, 45.5],
                    ["DE", 3, 711, 187_200.25],
                    [null, 1, 120, null],
                    [null, 2, 0, null],
                    [null, 3, 0, null]
                ])),
            ),
        ),
        (
            "funnel-times",
            behaviour_page(
                Asked::Funnel,
                &[("event", "A"), ("event", "B"), ("select", "times")],
                table_of(json!([[0, 1, 4], [1, 10, 0], [86_400, null, 12]])),
            ),
        ),
        (
            "retention",
            behaviour_page(
                Asked::Retention,
                &[("event", "Signed Up")],
                table_of(json!([
                    ["2026-10-04T22:00:00Z", 0, 40, 1],
                    ["2026-10-04T22:00:00Z", 1, 12, 0.3],
                    ["2026-10-11T22:00:00Z", 0, 0, null],
                    ["2026-10-11T22:00:00Z", 1, 0, null]
                ])),
            ),
        ),
        (
            "flow",
            behaviour_page(
                Asked::Flow,
                &[("event", "Page Viewed"), ("direction", "back")],
                table_of(json!([
                    ["Page Viewed", "Product Viewed", "…", 200, 4519],
                    ["Page Viewed", null, null, 3, 3]
                ])),
            ),
        ),
        (
            "sessions",
            behaviour_page(
                Asked::Sessions,
                &[("by", "channel")],
                table_of(json!([
                    ["2026-10-04T22:00:00Z", "direct", 40, 31, 3.5, 301.2, 0.25],
                    ["2026-10-04T22:00:00Z", null, 0, 0, null, null, null],
                    ["2026-10-05T22:00:00Z", "direct", 0, 0, null, null, null],
                    ["2026-10-05T22:00:00Z", null, 2, 2, 1, 0, 1]
                ])),
            ),
        ),
        (
            "people-count",
            behaviour_page(
                Asked::People,
                &[("has", "not"), ("event", "Signed Up"), ("least", "3")],
                table_of(json!([[1]])),
            ),
        ),
        (
            "people-wrong",
            behaviour_page(
                Asked::People,
                &[("event", "Signed Up"), ("where", "plan")],
                behaviour::Outcome::Wrong("/who/all/1/value: is missing: write \"value\":\"…\"".to_owned()),
            ),
        ),
        (
            "sql",
            sql_page(
                "select event, properties ->> 'country' as country, count(*), avg(properties ->> 'total') from events group by 1, 2",
                sql_answer(json!([["Order Completed", "DE", 3_336, 45.5], ["Page Viewed", null, 61_204, null]])),
            ),
        ),
        (
            "sql-wrong",
            sql_page(
                "select nme from events",
                sql::Outcome::Wrong(
                    "no such column: nme; there is events (event, time, time_ms, person, properties, context) and people (person, first_seen, last_seen, traits)"
                        .to_owned(),
                ),
            ),
        ),
        (
            "question-wrong",
            question::page(
                &frame(Section::Questions),
                &question::QuestionView {
                    outcome: question::Outcome::Wrong(
                        "`events[0].property` is missing: sum needs a property of numbers, such as revenue"
                            .to_owned(),
                    ),
                    ..question_view("day", &[], 1)
                },
            ),
        ),
        ("sources", sources::page(&flash, &sources_view())),
        ("settings", settings::page(&frame(Section::Settings), &settings_view(None))),
        (
            "settings-held",
            settings::page(
                &held(Section::Settings, false),
                &settings::SettingsView {
                    own: held(Section::Settings, false).held,
                    ..settings_view(Some(("time_zone", "not a zone: try Europe/Berlin")))
                },
            ),
        ),
        (
            "settings-installation-held",
            settings::page(&held(Section::Settings, false), &settings_held_from_above()),
        ),
    ]
}

fn trust_pages() -> Vec<(&'static str, Markup)> {
    let access = frame(Section::Access);
    vec![
        ("quality-days", quality::page(&frame(Section::Quality), &quality_view())),
        (
            "quality",
            quality::page(
                &frame(Section::Quality),
                &quality::QualityView { days: vec![], by_day: vec![], screened: None, ..quality_view() },
            ),
        ),
        ("why", quality::why_page(&frame(Section::Quality))),
        ("plans", plans::page(&frame(Section::Plans), &plans_view())),
        (
            "plans-empty",
            plans::page(
                &frame(Section::Plans),
                &plans::PlansView {
                    plans: vec![],
                    violations: vec![],
                    wrong: Some(plans::WrongDraft {
                        name: "My plan".to_owned(),
                        days: 30,
                        fix: "use small letters".to_owned(),
                    }),
                    ..plans_view()
                },
            ),
        ),
        ("plan", plan::page(&frame(Section::Plans), &plan_view(None))),
        (
            "plan-wrong",
            plan::page(
                &frame(Section::Plans),
                &plan_view(Some(plan::Tried {
                    text: "{}".to_owned(),
                    based_on: Some(1),
                    errors: vec!["/events is missing: write `\"events\": {}`".to_owned()],
                    overtaken: None,
                })),
            ),
        ),
        ("plan-overtaken", plan::page(&frame(Section::Plans), &plan_view(Some(plan_overtaken())))),
        ("plan-changes", plan::changes_page(&frame(Section::Plans), &plan_changes())),
        ("quarantine", quarantine::page(&frame(Section::Plans), &quarantine_view(false))),
        ("quarantine-empty", quarantine::page(&frame(Section::Plans), &quarantine_view(true))),
        ("members", members::page(&access, &members_view())),
        ("passkeys", passkeys::page(&access, &passkeys_view())),
        ("passkeys-none", passkeys::page(&access, &no_passkeys(None))),
        ("passkeys-first-waits", passkeys::page(&access, &no_passkeys(Some(ago(-60_000))))),
        ("passkeys-first", passkeys::page(&access, &no_passkeys(Some(ago(60))))),
        ("own-password", own_password::page(&access, &own_password_view(true, None))),
        ("own-password-none", own_password::page(&access, &own_password_view(false, None))),
        ("own-password-app", own_password::page(&access, &own_password_view(false, Some(app_secret())))),
        ("single-sign-on", organisation::page(&access, &organisation_view(true))),
        ("single-sign-on-none", organisation::page(&access, &organisation_view(false))),
        ("tokens", tokens::page(&access, &tokens_view(true))),
        ("policies", policies::page(&access, &policies_view())),
        (
            "token-made",
            tokens::made_page(&access, "nightly export", "hf_s4mpl3t0k3ns4mpl3t0k3n", ago(-86_400)),
        ),
        ("grants", grants::page(&access, &grants_view(true))),
        ("dashboards", dashboards::page(&frame(Section::Dashboards), &dashboards_view(true))),
        ("dashboards-empty", dashboards::page(&frame(Section::Dashboards), &dashboards_view(false))),
        ("dashboard", dashboard::page(&frame(Section::Dashboards), &dashboard_view(true))),
        ("dashboard-empty", dashboard::page(&frame(Section::Dashboards), &dashboard_view(false))),
        ("dashboard-edit", dashboard::edit_page(&frame(Section::Dashboards), &dashboard_edit())),
        ("segments", segments::page(&frame(Section::Segments), &segments_view(true))),
        ("segments-empty", segments::page(&frame(Section::Segments), &segments_view(false))),
        ("computed", computed::page(&frame(Section::Segments), &computed_view(true))),
        ("computed-empty", computed::page(&frame(Section::Segments), &computed_view(false))),
        ("segment", segments::segment_page(&frame(Section::Segments), &segment_view(false))),
        ("segment-list", segments::segment_page(&frame(Section::Segments), &segment_view(true))),
        ("campaigns", campaigns::page(&frame(Section::Campaigns), &campaigns_view(true))),
        ("campaigns-empty", campaigns::page(&frame(Section::Campaigns), &campaigns_view(false))),
        ("template", campaigns::template_page(&frame(Section::Campaigns), &template_view())),
        ("broadcast-draft", campaigns::broadcast_page(&frame(Section::Campaigns), &broadcast_view("draft"))),
        (
            "broadcast-sending",
            campaigns::broadcast_page(&frame(Section::Campaigns), &broadcast_view("sending")),
        ),
        ("review", review::page(&access, &review_view())),
        ("export-begun", grants::begun_page(&access, GrantId(1), ago(-600))),
        ("ledger", ledger::page(&frame(Section::Ledger), &ledger_view())),
        ("incidents", incidents::page(&frame(Section::Incidents), &incidents_view(true))),
        ("incident", incident::page(&frame(Section::Incidents), &incident_view(true))),
        ("incident-operator", incident::page(&operator(Section::Incidents), &incident_view(false))),
        ("notices", notices::page(&frame(Section::Notices), &notices_view())),
        ("notices-none", notices::page(&frame(Section::Notices), &no_notices())),
        ("live-incident", live::page(&held(Section::Live, true), &live_view(events()))),
        ("not-found", errors::not_found_page(&frame(Section::Elsewhere))),
        (
            "forbidden",
            errors::forbidden_page(&access, "Making tokens changes who has power here.", &["owner", "admin"]),
        ),
        ("step-up", errors::step_up_page(&access, "You are about to make an API token.")),
        ("broken", errors::broken_page(&frame(Section::Elsewhere), &RequestId(7).to_string())),
    ]
}

fn empty_pages() -> Vec<(&'static str, Markup)> {
    let curl = console::components::copy::curl_line(COLLECT, KEY);
    let no_people = people::PeopleView { people: vec![], total: Some(0), ..people_view() };
    vec![
        (
            "live-empty",
            live::page(
                &frame(Section::Live),
                &live::LiveView { refusals: Some(vec![]), last_minute: Some(0), ..live_view(vec![]) },
            ),
        ),
        (
            "live-filtered",
            live::page(
                &frame(Section::Live),
                &live::LiveView { event: "Order Completed".to_owned(), ..live_view(vec![]) },
            ),
        ),
        ("people-empty", people::page(&frame(Section::People), &no_people)),
        (
            "people-none",
            people::page(
                &frame(Section::People),
                &people::PeopleView { people: vec![], missed: true, ..people_view() },
            ),
        ),
        (
            "person-empty",
            person::page(
                &frame(Section::People),
                &person::PersonView {
                    events: vec![],
                    moments: vec![],
                    joined: joined::JoinedView {
                        records: vec![record(1, 0)],
                        parted: vec![],
                        apart: vec![],
                        may_decide: true,
                    },
                    traits: vec![],
                    consent: consent_view(false),
                    computed: vec![],
                    history: None,
                    ..person_view()
                },
            ),
        ),
        (
            "question-empty",
            question::page(
                &frame(Section::Questions),
                &question::QuestionView {
                    form: TrendForm::from_pairs([]),
                    outcome: question::Outcome::Unasked,
                    ..question_view("day", &[], 1)
                },
            ),
        ),
        ("behind", behind::page(&frame(Section::Questions), &behind_view(false))),
        ("behind-empty", behind::page(&frame(Section::Questions), &behind_view(true))),
        ("catalogue", catalogue::page(&frame(Section::Questions), &catalogue_view(Some("Page Viewed")))),
        ("catalogue-all", catalogue::page(&frame(Section::Questions), &catalogue_view(None))),
        (
            "catalogue-empty",
            catalogue::page(
                &frame(Section::Questions),
                &catalogue::CatalogueView { events: vec![], properties: vec![], ..catalogue_view(None) },
            ),
        ),
        ("funnel-empty", behaviour_page(Asked::Funnel, &[], behaviour::Outcome::Unasked)),
        ("retention-empty", behaviour_page(Asked::Retention, &[], behaviour::Outcome::Unasked)),
        ("flow-nobody", behaviour_page(Asked::Flow, &[("event", "Signed Up")], table_of(json!([])))),
        (
            "funnel-nobody",
            behaviour_page(
                Asked::Funnel,
                &[("event", "A"), ("event", "B")],
                table_of(json!([[1, 0, null], [2, 0, null]])),
            ),
        ),
        ("sql-empty", sql_page("", sql::Outcome::Unasked)),
        ("sql-nothing", sql_page("select event from events where event = 'none'", sql_answer(json!([])))),
        ("question-nothing", question::page(&frame(Section::Questions), &question_view("day", &[], 0))),
        (
            "quality-empty",
            quality::page(
                &frame(Section::Quality),
                &quality::QualityView {
                    findings: vec![],
                    refusals: vec![],
                    days: vec![],
                    by_day: vec![],
                    curl,
                    ..quality_view()
                },
            ),
        ),
        (
            "sources-empty",
            sources::page(
                &frame(Section::Sources),
                &sources::SourcesView { sources: vec![], ..sources_view() },
            ),
        ),
        (
            "members-alone",
            members::page(
                &frame(Section::Access),
                &members::MembersView {
                    members: members_view().members.into_iter().take(1).collect(),
                    invites: vec![],
                    wrong: Some(("x".to_owned(), "not an e-mail address".to_owned())),
                    ..members_view()
                },
            ),
        ),
        (
            "tokens-empty",
            tokens::page(
                &frame(Section::Access),
                &tokens::TokensView { tokens: vec![], ..tokens_view(true) },
            ),
        ),
        (
            "incidents-empty",
            incidents::page(
                &frame(Section::Incidents),
                &incidents::IncidentsView {
                    typed: form::Typed {
                        texts: vec![("title", "A laptop".to_owned())],
                        wrong: Some(("session".to_owned(), "name a session".to_owned())),
                    },
                    ..incidents_view(false)
                },
            ),
        ),
        (
            "grants-empty",
            grants::page(
                &frame(Section::Access),
                &grants::GrantsView { grants: vec![], traced: None, alone: true, ..grants_view(false) },
            ),
        ),
        ("tokens-viewer", tokens::page(&frame(Section::Access), &tokens_view(false))),
        (
            "ledger-empty",
            ledger::page(
                &frame(Section::Ledger),
                &ledger::LedgerView {
                    entries: vec![],
                    checkpoint: None,
                    typed: console::components::form::Typed {
                        texts: vec![("person", "nobody".to_owned())],
                        wrong: Some(("person".to_owned(), "write a person's id".to_owned())),
                    },
                    ..ledger_view()
                },
            ),
        ),
    ]
}

const KEY: &str = "wk_5h0pw3bkey7h4t1spubl1c";
const COLLECT: &str = "http://localhost:7070";

/// The surroundings of a sample page.
pub fn frame(section: Section) -> Frame {
    Frame {
        nonce: NONCE.to_owned(),
        partial: false,
        now: now(),
        zone: TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC),
        theme: Theme::System,
        section,
        workspace: Some(WorkspaceBadge { id: WorkspaceId(1 << 100), name: "Harbour Goods".to_owned() }),
        member: Some(MemberBadge {
            name: "edith@harbour-goods.example".to_owned(),
            role: "owner".to_owned(),
        }),
        held: None,
        shortcuts: true,
        flash: None,
        opens: Opens::ALL,
        operator: false,
    }
}

pub fn held(section: Section, incident: bool) -> Frame {
    let reason = "A write key was found in a public repository".to_owned();
    Frame {
        held: Some(Held {
            reason,
            by: "hauke@harbour-goods.example".to_owned(),
            since: ago(1_500),
            incident,
        }),
        ..frame(section)
    }
}

fn now() -> Timestamp {
    Timestamp::from_millisecond(1_793_358_271_204).unwrap_or_default()
}

fn ago(seconds: i64) -> Timestamp {
    now() - SignedDuration::from_secs(seconds)
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

fn person_id(number: u128) -> PersonId {
    PersonId((0x0192_f0a1_b2c3_7000_8000_u128 << 48) | (number * 0x9e37_79b9_7f4a) & 0xffff_ffff_ffff)
}

fn finding(path: &str, class: Class, rule: &str) -> Finding {
    Finding { path: path.to_owned(), class, rule: rule.to_owned() }
}

fn event(number: i64, name: &str, kind: Kind, object_value: Value) -> EventView {
    let time = now() - SignedDuration::from_millis(number * 1_733 + 420);
    let properties = if kind == Kind::Identify { Map::new() } else { object(object_value.clone()) };
    let traits = if kind == Kind::Identify { object(object_value) } else { Map::new() };
    EventView {
        message_id: format!("hg-7-{number}"),
        kind,
        name: name.to_owned(),
        time,
        received: time + SignedDuration::from_millis(140),
        source: "Web shop".to_owned(),
        person: (number % 4 != 3).then(|| person_id(number.unsigned_abs().into())),
        properties,
        traits,
        context: object(
            json!({"library": {"name": "holdfast.js", "version": "0.1.0"}, "locale": "de-DE", "device": {"type": "mobile"}}),
        ),
        findings: vec![],
    }
}

fn events() -> Vec<EventView> {
    let mut events = vec![
        event(
            0,
            "Order Completed",
            Kind::Track,
            json!({"order_id": "HG0012045", "revenue": 128.9, "currency": "EUR", "country": "DE", "plan": "pro", "coupon": "CREW10", "first_order": false, "products": [{"sku": "HG-401"}, {"sku": "HG-203"}]}),
        ),
        event(
            1,
            "Identified",
            Kind::Identify,
            json!({"email": "[sealed: email]", "name": "[sealed: name]", "phone": "[sealed: phone]", "plan": "pro", "country": "DE", "newsletter": true, "orders": 3}),
        ),
        event(
            2,
            "Form Submitted",
            Kind::Track,
            json!({"form": {"id": "sign-in", "remember": true, "password": "[removed: password]"}}),
        ),
        event(
            3,
            "Page Viewed",
            Kind::Page,
            json!({"url": "https://harbour-goods.example/reset?token=[removed: auth_code]&lang=en", "path": "/reset", "title": "New password"}),
        ),
        event(
            4,
            "Support Requested",
            Kind::Track,
            json!({"topic": "payment", "note": "My card [removed: credit_card] was charged twice, please look into it. You reach me at [sealed: email #4be19f]"}),
        ),
        event(
            5,
            "Product Viewed",
            Kind::Track,
            json!({"sku": "HG-305", "product": "Tide Clock", "category": "Home", "price": 74.0}),
        ),
        event(
            6,
            "Error Shown",
            Kind::Track,
            json!({"code": "payment_service", "message": "Refused for key [removed: api_key]: too many requests"}),
        ),
        event(
            7,
            "Product Added",
            Kind::Track,
            json!({"sku": "HG-101", "product": "Brass Storm Lantern", "category": "Lighting", "price": 89.0, "quantity": 1}),
        ),
        event(8, "Products Searched", Kind::Track, json!({"query": "lantern", "results": 4})),
        event(9, "Signed Up", Kind::Track, json!({"plan": "pro", "source": "newsletter"})),
    ];
    let found = [
        (
            1,
            vec![
                finding("traits.email", Class::Email, "trait-email"),
                finding("traits.name", Class::Name, "trait-name"),
                finding("traits.phone", Class::Phone, "trait-phone"),
            ],
        ),
        (2, vec![finding("properties.form.password", Class::Password, "key-password")]),
        (3, vec![finding("properties.url", Class::AuthCode, "query-reset-token")]),
        (
            4,
            vec![
                finding("properties.note", Class::CreditCard, "luhn-in-text"),
                finding("properties.note", Class::Email, "email-in-text"),
            ],
        ),
        (6, vec![finding("properties.message", Class::ApiKey, "prefix-sk-live")]),
    ];
    for (place, findings) in found {
        events[place].findings = findings;
    }
    events
}

fn names() -> Vec<String> {
    ["Page Viewed", "Product Viewed", "Product Added", "Checkout Started", "Order Completed", "Signed Up"]
        .map(str::to_owned)
        .to_vec()
}

fn live_view(events: Vec<EventView>) -> live::LiveView {
    let refusal = |reason: &str, field: &str, count, seconds| live::RefusalView {
        reason: reason.to_owned(),
        field: field.to_owned(),
        source: "Web shop".to_owned(),
        count,
        last: ago(seconds),
    };
    live::LiveView {
        since: 4_711,
        events,
        event: String::new(),
        person: String::new(),
        names: names(),
        last_minute: Some(38),
        refusals: Some(vec![
            refusal("larger than 32 KiB", "event", 12, 40),
            refusal("secret as an identifier", "userId", 3, 920),
            refusal("name longer than 256 bytes", "event", 1, 3_100),
        ]),
        pager: Pager { first: None, next: Some("?after=1".to_owned()), shown: "the newest 10".to_owned() },
        curl: console::components::copy::curl_line(COLLECT, KEY),
    }
}

fn people_view() -> people::PeopleView {
    people::PeopleView {
        people: (0..14_u64)
            .map(|number| people::PersonRow {
                id: person_id(number.into()),
                identifier: Some(if number % 3 == 2 {
                    ("anonymous id".to_owned(), format!("3b9{}…da", number))
                } else {
                    ("user id".to_owned(), format!("u_{:x}…{:x}", number % 16, 17 + number * 3))
                }),
                events: 3 + number * number * 7,
                first: ago(86_400 * (number as i64 + 2)),
                last: ago(40 + 3_700 * number as i64 * number as i64),
            })
            .collect(),
        total: Some(11_204),
        missed: false,
        pager: Pager {
            first: None,
            next: Some("?after=p".to_owned()),
            shown: "14 of 11,204 people, last seen first".to_owned(),
        },
        curl: console::components::copy::curl_line(COLLECT, KEY),
    }
}

fn change(value: Option<&str>, class: Option<Class>, seconds: i64) -> person::ChangeRow {
    let (value, source) = (value.map(str::to_owned), "Website".to_owned());
    person::ChangeRow { set: ago(seconds), value, class, source }
}

fn computed_view(full: bool) -> computed::ComputedView {
    let row = |name: &str, words: &str, state: &'static str| computed::ComputedRow {
        name: name.to_owned(),
        words: words.to_owned(),
        state,
        percent: 40,
        people: 1_204,
        changed: ago(7_200),
    };
    computed::ComputedView {
        rows: if full {
            vec![
                row("favourite", "the most frequent category of Product Viewed ever", "filling"),
                row("orders_90d", "how many times Order Completed within 90 days", "ready"),
                row("paid", "the sum of total over Order Completed ever", "too_many"),
            ]
        } else {
            vec![]
        },
        may_write: true,
        changes: full.then(|| "orders_90d".to_owned()),
        typed: form::Typed {
            texts: vec![("event", "Order Completed".to_owned())],
            wrong: full.then(|| ("within".to_owned(), "write a number and a unit".to_owned())),
        },
    }
}

fn person_view() -> person::PersonView {
    let row = |name: &str, value: Option<&str>, class| person::TraitRow {
        name: name.to_owned(),
        value: value.map(str::to_owned),
        class,
        set: ago(7_200),
    };
    let mut timeline = events();
    for (place, event) in timeline.iter_mut().enumerate() {
        event.time = ago(900 * (place as i64) * (place as i64) + 60);
        event.person = Some(person_id(1));
    }
    person::PersonView {
        id: person_id(1),
        identifiers: vec![
            ("User id".to_owned(), "u_4…9c".to_owned()),
            ("Anonymous id".to_owned(), "3b99…daab".to_owned()),
            ("Anonymous id".to_owned(), "c71e…02f4".to_owned()),
        ],
        traits: vec![
            row("email", None, Some(Class::Email)),
            row("name", None, Some(Class::Name)),
            row("phone", None, Some(Class::Phone)),
            row("plan", Some("pro"), None),
            row("country", Some("DE"), None),
            row("orders", Some("3"), None),
            row("newsletter", Some("true"), None),
        ],
        computed: vec![row("orders_90d", Some("3"), None), row("favourite", Some("shoes"), None)],
        history: Some(person::HistoryView {
            name: "plan".to_owned(),
            changes: vec![
                change(Some("pro"), None, 7_200),
                change(None, Some(Class::Email), 86_400),
                change(None, None, 90_000),
            ],
        }),
        events_total: 148,
        first: ago(86_400 * 61),
        last: ago(60),
        events: timeline,
        moments: vec![person::Moment {
            time: ago(70),
            words: "Merged with p_…abc1234".to_owned(),
            reason: "a rule".to_owned(),
        }],
        consent: consent_view(true),
        joined: joined_view(),
        pager: Pager { first: None, next: Some("?after=e".to_owned()), shown: "10 of 148 events".to_owned() },
        ledger_entry: Some("84,113".to_owned()),
        reveal: Some(person::RevealView {
            fields: vec!["user_id".to_owned(), "email".to_owned()],
            shown: Some(("email".to_owned(), "ada@example.com".to_owned())),
            typed: form::Typed::default(),
        }),
    }
}

fn consent_view(full: bool) -> consent::ConsentView {
    let said = |consent, seconds, reason: Option<&str>| consent::SaidRow {
        consent,
        since: ago(seconds),
        from: if reason.is_some() { "edith@harbour-goods.example" } else { "Website" }.to_owned(),
        reason: reason.map(str::to_owned),
    };
    let withdrawn = said(Consent::Withdrawn, 7_200, Some("said so on the phone"));
    let rows = vec![consent::ConsentRow {
        purpose: "marketing".to_owned(),
        channel: Channel::Email,
        said: vec![withdrawn, said(Consent::Granted, 86_400, None)],
    }];
    let wrong = full.then(|| ("purpose".to_owned(), "1 to 64 bytes".to_owned()));
    consent::ConsentView {
        rows: if full { rows } else { vec![] },
        purposes: if full { vec!["marketing".to_owned()] } else { vec![] },
        may_enter: full,
        typed: form::Typed { texts: vec![], wrong },
    }
}

fn decided(reason: &str, by: Option<&str>) -> joined::Decided {
    let by = by.map(str::to_owned);
    joined::Decided { reason: reason.to_owned(), by, at: ago(86_400 * 40), offset: 48_211 }
}

fn record(number: u128, depth: u8) -> joined::Record {
    let identifier = |kind: &str, masked: &str, at| joined::IdentifierRow {
        kind: kind.to_owned(),
        masked: masked.to_owned(),
        how: "first seen".to_owned(),
        at,
        offset: 48_210,
    };
    let merge = (depth > 0).then(|| decided("anonymous id seen together with the user id", None));
    let identifiers =
        vec![identifier("user id", "u…", Some(ago(86_400))), identifier("anonymous id", "3b99…", None)];
    joined::Record { id: person_id(number), depth, merge, identifiers }
}

fn joined_view() -> joined::JoinedView {
    joined::JoinedView {
        records: vec![record(1, 0), record(9, 1), record(10, 2)],
        parted: vec![joined::PartedRow {
            other: person_id(11),
            merge: decided("alias from the previous id to the user id", None),
            undone: decided("a kiosk in the shop", Some("you")),
        }],
        apart: vec![joined::ApartRow {
            other: person_id(11),
            said: decided("a kiosk in the shop", Some("you")),
        }],
        may_decide: true,
    }
}

fn suggestions_view(empty: bool) -> suggestions::SuggestionsView {
    let pair = |first: usize, decided| {
        let mut people = people_view().people;
        let (other, one) = (people.remove(first + 1), people.remove(first));
        suggestions::PairRow { one, other, at: ago(3_600), offset: 48_300, decided }
    };
    let two = Some(("mem_1".to_owned(), "two colleagues".to_owned()));
    suggestions::SuggestionsView {
        proposed: if empty { vec![] } else { vec![pair(0, None), pair(2, None)] },
        apart: if empty { vec![] } else { vec![pair(4, two)] },
        may_decide: true,
    }
}

fn behind_view(empty: bool) -> behind::BehindView {
    let person = |number: u128| people::PersonRow {
        id: PersonId(number),
        identifier: Some(("user id".to_owned(), "u…7".to_owned())),
        events: 12,
        first: ago(86_400 * 9),
        last: ago(400),
    };
    behind::BehindView {
        what: "Reached step 2, Order Completed · DE".to_owned(),
        total: if empty { 0 } else { 312 },
        people: if empty { vec![] } else { (1..4).map(person).collect() },
        pager: Pager { first: None, next: Some("/next".to_owned()), shown: "3 of 312".to_owned() },
    }
}

fn catalogue_view(event: Option<&str>) -> catalogue::CatalogueView {
    let row =
        |name: String| catalogue::EventRow { name, count: 61_204, first: ago(86_400 * 90), last: ago(20) };
    let property = |name: &str, carriers| catalogue::PropertyRow {
        name: name.to_owned(),
        types: "text, whole number".to_owned(),
        values: 204,
        carriers,
        seen: carriers.map(|_| (ago(86_400 * 40), ago(90))),
    };
    catalogue::CatalogueView {
        events: vec![row("Page Viewed".to_owned()), row("A name without an end ".repeat(40))],
        events_more: 3,
        event: event.map(str::to_owned),
        properties: vec![property("cart.total", Some(3)), property("page.url", None)],
        properties_more: 12,
    }
}

const FUNNEL: [(&str, &str); 5] = [
    ("event", "Page Viewed"),
    ("event", "Product Viewed"),
    ("event", "Order Completed"),
    ("by", "country"),
    ("without", "Refund Requested"),
];

fn table_of(rows: serde_json::Value) -> behaviour::Outcome {
    behaviour::Outcome::Answered(behaviour::TableView {
        rows: serde_json::from_value(rows).unwrap(),
        others: 2,
        behind: Some(Behind::new(WorkspaceId(1), json!({ "kind": "sample" }))),
        rows_read: 61_204,
        ms: 12,
        fresh: Some(ago(3)),
    })
}

fn behaviour_page(kind: Asked, pairs: &[(&str, &str)], outcome: behaviour::Outcome) -> Markup {
    let days = [("from", "2026-10-01"), ("to", "2026-10-30")];
    let form = BehaviourForm::from_pairs(kind, pairs.iter().copied().chain(days));
    let events = ["Page Viewed", "Product Viewed", "Order Completed"].map(str::to_owned).to_vec();
    let choices = Choices { events, properties: vec!["country".to_owned()] };
    behaviour::page(
        &frame(Section::Questions),
        &behaviour::BehaviourView { form, choices, outcome, keep: Some(vec![]) },
    )
}

fn sql_page(statement: &str, outcome: sql::Outcome) -> Markup {
    let view = sql::SqlView { statement: statement.to_owned(), tables: &service::questions::TABLES, outcome };
    sql::page(&frame(Section::Questions), &view)
}

fn sql_answer(rows: serde_json::Value) -> sql::Outcome {
    let columns = [
        ("event", ColumnType::Text),
        ("country", ColumnType::Text),
        ("count(*)", ColumnType::Integer),
        ("avg(properties ->> 'total')", ColumnType::Number),
    ];
    sql::Outcome::Answered(sql::TableView {
        columns: columns.map(|(name, kind)| (name.to_owned(), kind)).to_vec(),
        rows: serde_json::from_value(rows).unwrap(),
        rows_read: 61_204,
        ms: 12,
        fresh: Some(ago(3)),
    })
}

/// Two events, a formula over them, and the period before.
fn compared_view() -> question::QuestionView {
    let mut view = question_view("week", &[], 3);
    view.form.events.push(EventPart { event: "Signed Up".to_owned(), ..EventPart::default() });
    view.form
        .formulas
        .push(FormulaPart { formula: "A / B".to_owned(), name: "Revenue per sign-up".to_owned() });
    view.form.compare = "previous".to_owned();
    if let question::Outcome::Answered(answer) = &mut view.outcome {
        answer.lines.drawn = 1;
        answer.lines.before = answer.lines.series.clone();
        answer.lines.before.iter_mut().for_each(|series| series.values.reverse());
        answer.previous = Some((ago(86_400 * 182), ago(86_400 * 91)));
    }
    view
}

fn question_view(interval: &str, by: &[&str], lines: usize) -> question::QuestionView {
    let mut pairs = vec![
        ("measure", "sum"),
        ("of", "revenue"),
        ("event", "Order Completed"),
        ("interval", interval),
        ("from", "2026-08-01"),
        ("to", "2026-10-30"),
    ];
    pairs.extend(by.iter().map(|name| ("by", *name)));
    pairs.extend([("where", "plan"), ("op", "eq"), ("value", "pro")]);
    let countries = [
        "Germany",
        "United States",
        "France",
        "Brazil",
        "Netherlands",
        "Portugal",
        "Canada",
        "Austria",
        "United Kingdom",
    ];
    let days = 91_u32;
    let series: Vec<Series> = countries
        .iter()
        .take(lines)
        .enumerate()
        .map(|(index, name)| {
            let base = 1_400.0 / (index as f64 + 1.3);
            let values = (0..days)
                .map(|day| {
                    let week = 1.0 + 0.25 * f64::from(day % 7) / 6.0;
                    let noise = f64::from((day * 37 + index as u32 * 91) % 23) / 23.0;
                    Some(
                        (base * week * (0.8 + 0.4 * noise) * (1.0 + f64::from(day) / 160.0) * 100.0).round()
                            / 100.0,
                    )
                })
                .collect();
            Series {
                label: if lines == 1 { "Order Completed".to_owned() } else { (*name).to_owned() },
                values,
            }
        })
        .collect();
    let days_of = |text: &str| text.parse().unwrap();
    question::QuestionView {
        notes: vec![(days_of("2026-10-01"), "Version 4 of the shop".to_owned())],
        keep: Some(vec![Kept { id: DashboardId(1), name: "The shop".to_owned() }]),
        points: Some(Points {
            behind: Behind::new(WorkspaceId(1), json!({ "kind": "sample" })),
            rows: vec![
                vec![json!("2026-10-01T00:00:00Z"), json!("DE"), json!(3)],
                vec![json!("2026-10-02T00:00:00Z"), json!(null), json!(0)],
            ],
            by: 1,
            events: vec!["Order Completed".to_owned()],
        }),
        form: TrendForm::from_pairs(pairs),
        choices: Choices {
            events: names(),
            properties: ["country", "plan", "revenue", "coupon", "trait.plan"].map(str::to_owned).to_vec(),
        },
        outcome: question::Outcome::Answered(question::AnswerView {
            lines: Lines {
                times: (0..i64::from(days)).map(|day| ago(86_400 * (90 - day))).collect(),
                drawn: series.len(),
                before: Vec::new(),
                series,
            },
            previous: None,
            rows_read: 204_118,
            rows_counted: 0,
            ms: 6,
            fresh: Some(ago(2)),
        }),
    }
}

fn quality_view() -> quality::QualityView {
    let row = |event: &str, path: &str, class, rule: &str, count| quality::FindingRow {
        event: event.to_owned(),
        path: path.to_owned(),
        class,
        rule: rule.to_owned(),
        count,
        first: ago(86_400 * 24),
        last: ago(320),
    };
    let refusal = |reason: &str, field: &str, count| quality::RefusalRow {
        reason: reason.to_owned(),
        field: field.to_owned(),
        source: "Web shop".to_owned(),
        library: "analytics.js 2.11".to_owned(),
        count,
        last: ago(2_000),
    };
    let run = |scale: u32| (0..30_u32).map(|day| Some(f64::from(scale * (3 + (day * 13) % 9)))).collect();
    quality::QualityView {
        screened: Some(68_204),
        span: "last 30 days".to_owned(),
        days: (1..=30).map(|day| format!("{day} Oct")).collect(),
        by_day: vec![
            Series { label: "removed".to_owned(), values: run(1) },
            Series { label: "sealed".to_owned(), values: run(4) },
        ],
        findings: vec![
            row("Identified", "traits.email", Class::Email, "trait-email", 5_614),
            row("Identified", "traits.phone", Class::Phone, "trait-phone", 2_907),
            row("Form Submitted", "properties.form.password", Class::Password, "key-password", 137),
            row("Page Viewed", "properties.url", Class::AuthCode, "query-reset-token", 136),
            row("Support Requested", "properties.note", Class::CreditCard, "luhn-in-text", 135),
            row("Page Viewed", "properties.url", Class::JwtSession, "jwt", 134),
            row("Error Shown", "properties.message", Class::ApiKey, "prefix-sk-live", 134),
        ],
        refusals: vec![
            refusal("larger than 32 KiB", "event", 212),
            refusal("secret as an identifier", "userId", 31),
        ],
        curl: String::new(),
    }
}

fn sources_view() -> sources::SourcesView {
    let source = |number: u128, name: &str, enabled| sources::SourceRow {
        id: SourceId(number),
        name: name.to_owned(),
        write_key: format!("{KEY}{number}"),
        old_key: (number == 1).then(|| ("wk_0ldkeythatst1llw0rks".to_owned(), ago(-86_400 * 2))),
        enabled,
        events_per_s: (number == 1).then_some(500),
        mistyped: Some(3 * u64::from(enabled)),
        refused: Some(12 * u64::from(enabled)),
        last: enabled.then(|| ago(3)),
    };
    sources::SourcesView {
        sources: vec![source(1, "Web shop", true), source(2, "Warehouse", false)],
        collect_url: COLLECT.to_owned(),
        may_change: true,
        wrong: None,
        strange: Some((7, ago(90))),
    }
}

fn members_view() -> members::MembersView {
    let member = |number: u128, email: &str, role: &str, passkeys| members::MemberRow {
        id: MemberId(number),
        email: email.to_owned(),
        role: role.to_owned(),
        passkeys,
        since: ago(864_000 * number as i64),
        own: number == 1,
        recovery: match number {
            2 => members::Recovering::Waits,
            3 => members::Recovering::Runs,
            _ => members::Recovering::No,
        },
        first_passkey: match (number, passkeys) {
            (3, _) => members::FirstPasskey::Allowed(ago(-60_000)),
            (_, 0) => members::FirstPasskey::Possible,
            _ => members::FirstPasskey::No,
        },
    };
    members::MembersView {
        members: vec![
            member(1, "edith@harbour-goods.example", "owner", 2),
            member(2, "hauke@harbour-goods.example", "admin", 1),
            member(3, "noemie@harbour-goods.example", "analyst", 2),
        ],
        invites: vec![members::InviteRow {
            id: MemberId(9),
            email: "caio@harbour-goods.example".to_owned(),
            role: "support".to_owned(),
            by: "edith@harbour-goods.example".to_owned(),
            until: ago(-40_000),
        }],
        may_change: true,
        invite_url: Some("http://localhost:7071/enrol#5et-up-c0de-sh0wn-once".to_owned()),
        wrong: None,
        recovery_url: Some("http://localhost:7071/enrol#recover-c0de-sh0wn-once".to_owned()),
    }
}

/// Of somebody who came in without a passkey.
fn no_passkeys(first: Option<Timestamp>) -> passkeys::PasskeysView {
    passkeys::PasskeysView { passkeys: vec![], first, ..passkeys_view() }
}

fn passkeys_view() -> passkeys::PasskeysView {
    let session = |number: u128, passkey: &str| passkeys::SessionRow {
        bound: number == 1,
        networks: usize::from(number != 1) + 1,
        id: SessionId(number),
        passkey: passkey.to_owned(),
        began: ago(9_000 * number as i64),
        used: ago(30 * number as i64),
        until: ago(-30_000),
        own: number == 1,
    };
    passkeys::PasskeysView {
        locked: false,
        first: None,
        told: vec![notices::NoticeRow { at: ago(400), kind: "passkey.added".to_owned(), who: None }],
        path: console::paths::passkeys(WorkspaceId(1 << 100)),
        passkeys: vec![passkeys::PasskeyRow {
            id: PasskeyId(1),
            name: "Laptop".to_owned(),

            made: ago(86_400 * 50),
            used: Some(ago(9_000)),
        }],
        sessions: vec![session(1, "Laptop"), session(2, "Phone")],
    }
}

fn policies_view() -> policies::PoliciesView {
    let engine = policy::Policies::shared().unwrap();
    policies::PoliciesView {
        laws: policy::laws::laws().unwrap(),
        matrix: engine.matrix(),
        text: engine.text(),
        schema: engine.schema(),
    }
}

fn organisation_view(set: bool) -> organisation::OrganisationView {
    let provider = organisation::ProviderRow {
        issuer: "https://login.harbour-goods.example".to_owned(),
        client_id: "holdfast".to_owned(),
        has_secret: true,
        domains: "harbour-goods.example".to_owned(),
        trusted: String::new(),
        changed: ago(9_000),
    };
    organisation::OrganisationView {
        provider: set.then_some(provider),
        redirect: "http://localhost:7071/sign-in/organisation/back".to_owned(),
        logout: format!("http://localhost:7071/sign-in/organisation/logout/{}", WorkspaceId(1)),
        directory: "http://localhost:7071/scim/v2".to_owned(),
        may_set: set,
        typed: form::Typed::default(),
    }
}

fn tokens_view(may_change: bool) -> tokens::TokensView {
    let token = |number: u128, name: &str, ended| tokens::TokenRow {
        id: TokenId(number),
        name: name.to_owned(),
        scopes: vec!["events:read".to_owned(), "questions:ask".to_owned()],
        networks: if number == 1 { vec!["192.0.2.0/24".to_owned()] } else { vec![] },
        lapsed: false,
        by: "edith@harbour-goods.example".to_owned(),
        used: (number == 1).then(|| ago(300)),
        until: ago(-86_400 * 12),
        ended,
    };
    let scope = |name: &str, may: &str| (name.to_owned(), may.to_owned());
    tokens::TokensView {
        tokens: vec![token(1, "nightly export", false), token(2, "notebook", true)],
        scopes: vec![
            scope("events:read", "read events"),
            scope("events:write", "send imports"),
            scope("people:read", "read masked profiles"),
            scope("questions:ask", "ask questions"),
            scope("ledger:read", "read the ledger"),
        ],
        may_change,
        wrong: may_change.then(|| "choose at least one scope".to_owned()),
        console_url: "http://localhost:7071".to_owned(),
    }
}

fn review_view() -> review::ReviewView {
    let row = |name: &str, about: &str, state, used: Option<i64>| review::ReviewRow {
        name: name.to_owned(),
        about: about.to_owned(),
        since: ago(86_400 * 40),
        could: vec!["ReadEvents", "ViewPerson"],
        used: used.map(|seconds| (ago(seconds), Some("9f86d081884c7d65".to_owned()))),
        state,
        lapses: ago(-86_400 * 5),
        confirm: (state == "lapsed" || state == "lapsing").then(|| "/w/x/access/tokens/y/renew".to_owned()),
    };
    review::ReviewView {
        members: vec![
            row("edith@harbour-goods.example", "owner", "used", Some(300)),
            row("otto@harbour-goods.example", "admin", "lapsed", None),
        ],
        tokens: vec![row("nightly export", "edith@harbour-goods.example", "lapsing", Some(86_400 * 25))],
        write_keys: vec![review::KeyRow {
            name: "Website".to_owned(),
            since: ago(86_400 * 90),
            last: Some(ago(12)),
            disabled: false,
        }],
        unused_grants: 1,
    }
}

fn dashboards_view(full: bool) -> dashboards::DashboardsView {
    let row = dashboards::DashboardRow {
        id: DashboardId(1),
        name: "The shop".to_owned(),
        tiles: 6,
        days: "last 30 days".to_owned(),
        changed: ago(7_200),
    };
    let alert = |name: &str, judged| dashboards::AlertRow {
        id: MetricAlertId(1),
        name: name.to_owned(),
        metric: "count of Order Completed by hour".to_owned(),
        rule: "outside 3 times what is usual".to_owned(),
        judged,
    };
    let alerts = vec![
        alert("Orders", Some((ago(4_000), true))),
        alert("Refunds", Some((ago(4_000), false))),
        alert("New", None),
    ];
    let wrong = full.then(|| ("value".to_owned(), "a number".to_owned()));
    dashboards::DashboardsView {
        rows: if full { vec![row] } else { vec![] },
        notes: if full {
            vec![(AnnotationId(1), "2026-10-01".parse().unwrap(), "Version 4".to_owned())]
        } else {
            vec![]
        },
        alerts: if full { alerts } else { vec![] },
        may_write: true,
        typed: form::Typed { texts: vec![("value", "many".to_owned())], wrong },
    }
}

/// A tile with an answer of these rows.
fn tile(title: &str, width: u8, question: Value, (columns, rows): (&[&str], Value)) -> (Tile, Outcome) {
    let columns: Vec<Value> = columns.iter().map(|name| json!({ "name": name, "type": "value" })).collect();
    let stats =
        json!({ "rows_read": 61_204, "ms": 12, "fresh_ms": ago(3).as_millisecond(), "other_groups": 2 });
    let answer = serde_json::from_value(json!({ "columns": columns, "rows": rows, "stats": stats })).unwrap();
    let asked = Question::from_value(&question).unwrap();
    let tile = Tile { title: title.to_owned(), question, chart: None, width: Some(width) };
    (tile, Outcome::Answered(Box::new(asked), answer))
}

fn dashboard_view(full: bool) -> dashboard::DashboardView {
    let range = json!({ "from": "2026-10-28", "to": "2026-10-30" });
    let by_day = |by: Value| json!({ "kind": "trend", "events": [{ "event": "Order Completed" }], "range": range, "by": by });
    let step = |event: &str| json!({ "event": event });
    let day = |day: u8| format!("2026-10-{day}T00:00:00Z");
    let totals = json!([[day(28), 1_200], [day(29), 980], [day(30), 1_411]]);
    let countries = json!([[day(28), "Germany", 800], [day(28), "France", 400], [day(29), "Germany", 980]]);
    let starts = json!([
        [day(28), 0, 140, 1.0],
        [day(28), 1, 60, 0.43],
        [day(29), 0, 90, 1.0],
        [day(29), 1, null, null]
    ]);
    let mut tiles = vec![
        tile("Orders", 3, by_day(json!([])), (&["time", "Order Completed"], totals.clone())),
        tile(
            "By country",
            1,
            by_day(json!(["country"])),
            (&["time", "country", "Order Completed"], countries),
        ),
        tile(
            "From product to order",
            2,
            json!({ "kind": "funnel", "steps": [step("Product Viewed"), step("Order Completed")], "within": "7d", "range": range }),
            (
                &["step", "people", "median_s"],
                json!([["Product Viewed", 4_100, null], ["Order Completed", 820, 930.0]]),
            ),
        ),
        tile(
            "Who orders again",
            1,
            json!({ "kind": "retention", "start": step("Order Completed"), "return": step("Order Completed"), "range": range }),
            (&["start", "offset", "people", "share"], starts),
        ),
        tile(
            "What follows",
            1,
            json!({ "kind": "flow", "start": step("Page Viewed"), "range": range }),
            (
                &["1", "2", "people", "count"],
                json!([["Page Viewed", "Product Viewed", 410, 900], ["Page Viewed", null, 12, 15]]),
            ),
        ),
        tile(
            "Buyers",
            1,
            json!({ "kind": "people", "who": { "did": step("Order Completed") } }),
            (&["people"], json!([[820]])),
        ),
    ];
    let mut bars =
        tile("Orders as bars", 1, by_day(json!([])), (&["time", "Order Completed"], totals.clone()));
    bars.0.chart = Some(Chart::Bars);
    let mut number = tile("Orders in all", 1, by_day(json!([])), (&["time", "Order Completed"], totals));
    number.0.chart = Some(Chart::Number);
    tiles.extend([bars, number]);
    tiles.push(tile("Nothing", 1, by_day(json!([])), (&["time", "Order Completed"], json!([]))));
    let (refused, _) = tile("Refused", 1, by_day(json!([])), (&["time"], json!([])));
    tiles.push((refused, Outcome::Refused("the answer is too large: take fewer days".to_owned())));
    let share = (ShareId(1), "https://c.example/shared/0123456789".to_owned(), ago(600), ago(-86_400 * 30));
    dashboard::DashboardView {
        id: DashboardId(1),
        name: "The shop".to_owned(),
        days: ("2026-10-28".parse().unwrap(), "2026-10-30".parse().unwrap()),
        days_words: "last 3 days".to_owned(),
        filters: usize::from(full),
        zone: TimeZone::UTC,
        tiles: if full { tiles } else { vec![] },
        notes: vec![("2026-10-29".parse().unwrap(), "Version 4 of the shop".to_owned())],
        shares: full.then(|| vec![share]),
        schedules: if full {
            vec![(ScheduleId(1), "each day at 08:00".to_owned(), Some(ago(3_600)))]
        } else {
            vec![]
        },
        may_write: full,
        typed: form::Typed { texts: vec![], wrong: full.then(|| ("days".to_owned(), "1 to 366".to_owned())) },
    }
}

fn dashboard_edit() -> dashboard::EditView {
    let question = json!({ "kind": "trend", "events": [{ "event": "Order Completed" }] });
    let tile = dashboard::TileForm {
        title: "Orders".to_owned(),
        chart: "line".to_owned(),
        width: "2".to_owned(),
        question: question.to_string(),
    };
    dashboard::EditView {
        id: DashboardId(1),
        version: 3,
        name: "The shop".to_owned(),
        last_days: "30".to_owned(),
        from: String::new(),
        to: String::new(),
        filters: String::new(),
        tiles: vec![tile, dashboard::TileForm::default()],
        wrong: Some(("tiles/0/question/by".to_owned(), "name each field once".to_owned())),
    }
}

fn segment_row(name: &str, state: &'static str, list: bool) -> segments::SegmentRow {
    segments::SegmentRow {
        id: SegmentId(1),
        name: name.to_owned(),
        words: "did Order Completed at least twice within 90 days and did not Refund Requested ever"
            .to_owned(),
        list,
        state,
        percent: if state == "filling" { 42 } else { 100 },
        people: 1_840,
        version: 2,
        changed: ago(7_200),
    }
}

fn segments_view(full: bool) -> segments::SegmentsView {
    let rows = vec![
        segment_row("Everybody", "too_many", false),
        segment_row("Friends of the house", "ready", true),
        segment_row("New", "filling", false),
        segment_row("Regular customers", "ready", false),
    ];
    let typed = form::Typed {
        texts: vec![("name", "Late".to_owned()), ("event", "Order Completed".to_owned())],
        wrong: full.then(|| ("within".to_owned(), "30m, 12h, 7d or 4w".to_owned())),
    };
    segments::SegmentsView {
        rows: if full { rows } else { Vec::new() },
        may_write: full,
        size: full.then(|| (311, "did Order Completed ever".to_owned())),
        typed,
    }
}

fn segment_view(list: bool) -> segments::SegmentView {
    let parts = vec![
        (0, "all of these".to_owned(), false, None),
        (1, "did Order Completed at least twice within 90 days".to_owned(), true, Some(3)),
        (1, "not this".to_owned(), false, None),
        (2, "did Refund Requested ever".to_owned(), true, Some(1)),
    ];
    let why = segments::WhyView {
        person: PersonId(1),
        is_in: false,
        since: Some((ago(600), "event: Refund Requested".to_owned())),
        again: Some(ago(-86_400)),
        parts,
    };
    let imported = segments::ImportedView { added: 311, already: 4, unknown: (3, vec![2, 17]) };
    segments::SegmentView {
        row: segment_row(if list { "Friends of the house" } else { "Regular customers" }, "ready", list),
        may_list: true,
        people: list.then(|| vec![(PersonId(1), "u…".to_owned()), (PersonId(2), "4…".to_owned())]),
        why: (!list).then_some(why),
        imported: list.then_some(imported),
        may_write: true,
        typed: form::Typed::default(),
        size: (!list).then(|| (4_210, "did Order Completed at least twice within 90 days".to_owned())),
    }
}

fn broadcast_row(state: &'static str) -> campaigns::BroadcastRow {
    campaigns::BroadcastRow {
        id: BroadcastId(1),
        name: "Spring catalogue".to_owned(),
        state,
        people: 12_000,
        made: ago(3_600),
    }
}

fn campaigns_view(full: bool) -> campaigns::CampaignsView {
    let template = campaigns::TemplateRow {
        id: TemplateId(1),
        name: "Newsletter".to_owned(),
        subject: "Hello {{ first_name }}".to_owned(),
        version: 3,
        made: ago(86_400),
    };
    let states = ["draft", "waiting", "sending", "stopped", "done"];
    let wrong = form::Typed {
        texts: vec![("title", "Spring".to_owned()), ("who", "x".to_owned())],
        wrong: Some(("who".to_owned(), "JSON as in a question, or nothing for everybody".to_owned())),
    };
    campaigns::CampaignsView {
        broadcasts: if full { states.map(broadcast_row).into() } else { vec![] },
        templates: if full { vec![template] } else { vec![] },
        can_send: full,
        typed: if full { ("broadcast", wrong) } else { ("", form::Typed::default()) },
    }
}

fn template_view() -> campaigns::TemplateView {
    let texts = vec![("name", "Newsletter".to_owned()), ("text", "Dear {{ first_name }}".to_owned())];
    let wrong = Some(("text".to_owned(), "line 1: a place that does not end".to_owned()));
    campaigns::TemplateView { id: TemplateId(1), version: 3, typed: form::Typed { texts, wrong } }
}

fn broadcast_view(state: &'static str) -> campaigns::BroadcastView {
    let draft = state == "draft";
    let preview = campaigns::PreviewView {
        people: 12_000,
        suppressed: 31,
        declined: 4,
        domains: vec!["harbour-goods.example".to_owned()],
        why: vec!["people", "new-links"],
        subject: "Hello there".to_owned(),
        text: "Dear customer".to_owned(),
    };
    campaigns::BroadcastView {
        row: broadcast_row(state),
        template: (TemplateId(1), 3, "Hello {{ first_name }}".to_owned()),
        who: "everybody with an address".to_owned(),
        purpose: draft.then(|| "marketing".to_owned()),
        grant: (!draft).then_some((GrantId(1), "used")),
        preview: draft.then_some(preview),
        counts: if draft { vec![] } else { vec![("handed to the relay", 400), ("waiting", 11_600)] },
        ended: None,
        can_send: true,
        typed: form::Typed {
            texts: vec![("title", "Spring".to_owned()), ("version", "3".to_owned())],
            wrong: None,
        },
    }
}

fn grants_view(may_decide: bool) -> grants::GrantsView {
    let grant = |number: u128, kind, state, own| grants::GrantRow {
        id: GrantId(number),
        kind,
        state,
        reason: "the yearly letter".to_owned(),
        by: "edith@harbour-goods.example".to_owned(),
        subject: (kind == "support").then_some(MemberId(9)),
        scope: vec![("fields", "id, traits.email".to_owned()), ("rows at most", "1000".to_owned())],
        asked: ago(600),
        until: Some(ago(-1_200)),
        ready: (state == "delayed").then(|| ago(-900)),
        decided_by: (state != "waiting").then(|| "otto@harbour-goods.example".to_owned()),
        alone: state == "delayed",
        one_channel: state == "open",
        digest: "00".repeat(32),
        own,
        file: state == "used",
    };
    grants::GrantsView {
        grants: vec![
            grant(1, "export", "waiting", false),
            grant(2, "export", "open", true),
            grant(3, "export", "used", true),
            grant(4, "export", "delayed", true),
            grant(5, "support", "open", false),
            grant(6, "support", "ended", false),
        ],
        may_decide,
        alone: false,
        typed: (
            "ask",
            form::Typed {
                texts: vec![("rows_max", "x".to_owned())],
                wrong: Some(("rows_max".to_owned(), "a number".to_owned())),
            },
        ),
        traced: Some(grants::TracedView {
            lines: 2_000,
            people: 1_995,
            proved: Some((GrantId(2), "canary")),
            exports: vec![(GrantId(2), 5, 1_995, 10_000), (GrantId(3), 0, 200, 1_000)],
        }),
    }
}

fn no_notices() -> notices::NoticesView {
    let channel = |name| notices::ChannelRow { name, reaches: 0, delivered: None, failed: None, waiting: 0 };
    let channels = vec![channel("mail"), channel("webhook")];
    notices::NoticesView { notices: vec![], channels, hook: None, required: false, wrong: None }
}

fn notices_view() -> notices::NoticesView {
    let kinds = ["token.made", "people.budget_near", "passkey.added", "mode.read_only"];
    let row = |(number, kind): (usize, &str)| notices::NoticeRow {
        at: ago(900 * number as i64),
        kind: kind.to_owned(),
        who: (number != 2).then(|| "m_01k6k3v0h8e8q9f7tq2v5r7c3d".to_owned()),
    };
    let channel =
        |name, failed| notices::ChannelRow { name, reaches: 2, delivered: Some(ago(90)), failed, waiting: 1 };
    notices::NoticesView {
        notices: kinds.into_iter().enumerate().map(row).collect(),
        channels: vec![
            channel("mail", None),
            channel("webhook", Some(("the webhook answered with status 503".to_owned(), ago(30)))),
        ],
        hook: Some(("https://alerts.example.com/holdfast".to_owned(), ago(90_000))),
        required: true,
        wrong: None,
    }
}

fn workspaces_view(some: bool) -> workspaces::WorkspacesView {
    let row = |number: u128, name: &str, role: &str| workspaces::WorkspaceRow {
        id: WorkspaceId(number),
        name: name.to_owned(),
        role: role.to_owned(),
    };
    workspaces::WorkspacesView {
        own: if some {
            vec![row(1, "Harbour Goods", "owner"), row(2, "Quay Café", "viewer")]
        } else {
            vec![]
        },
        may_create: some,
        wrong: some.then(|| (" ".to_owned(), "1 to 200 bytes".to_owned())),
    }
}

fn ledger_view() -> ledger::LedgerView {
    let codes = [
        "person.viewed",
        "session.begun",
        "source.key_rotated",
        "token.made",
        "question.asked",
        "member.invited",
    ];
    ledger::LedgerView {
        entries: (0..12_u64).map(|number| ledger::EntryRow {
            index: 84_113 - number, at: ago(700 * number as i64), code: codes[number as usize % codes.len()].to_owned(), principal: "edith@harbour-goods.example".to_owned(),
            session: (number % 3 > 0).then(|| "ses_01jd2h5k3v8q9r7t6w4x2y1z0a".to_owned()),
            object: person_id(number.into()).to_string(), outcome: ["done", "done", "failed", "done", "open"][number as usize % 5].to_owned(),
        }).collect(),
        typed: form::Typed::default(),
        codes: codes.map(str::to_owned).to_vec(),
        checkpoint: Some("holdfast.example/ledger\n84114\nYWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXo0NTY3ODk=\n\n— holdfast.example/ledger Zm9vYmFyYmF6cXV4c2lnbmF0dXJlbGluZXNhbXBsZQ==\n".to_owned()),
        size: 84_114,
        pager: Pager { first: None, next: Some("?after=84101".to_owned()), shown: "12 of 84,114 entries".to_owned() },
    }
}

fn incident_row() -> incidents::IncidentRow {
    incidents::IncidentRow {
        id: model::IncidentId(77),
        title: "A laptop with a live session was stolen".to_owned(),
        opened: ago(3_600),
        by: "edith@harbour-goods.example".to_owned(),
        told: false,
        workspaces: 1,
        people: 18,
    }
}

fn incidents_view(some: bool) -> incidents::IncidentsView {
    incidents::IncidentsView {
        here: "/w/ws_sample/incidents".to_owned(),
        incidents: if some {
            vec![incident_row(), incidents::IncidentRow { told: true, ..incident_row() }]
        } else {
            vec![]
        },
        typed: form::Typed::default(),
    }
}

/// An incident as a workspace sees it, or as an operator does.
fn incident_view(inside: bool) -> incident::IncidentView {
    let scope = incident::ScopeView {
        file: "/api/v1/workspaces/ws_sample/incidents/inc_sample/scope".to_owned(),
        as_opened: false,
        people_known: 1_204,
        people: (0..4)
            .map(|n| {
                (
                    person_id(n),
                    3,
                    "2026-11-22T08:00:00.000Z".to_owned(),
                    "2026-11-22T09:00:00.000Z".to_owned(),
                )
            })
            .collect(),
        fields: vec![("traits.plan".to_owned(), false, 4), ("traits.email".to_owned(), true, 4)],
        counts: vec![("Look", "person.viewed".to_owned(), 12), ("Act", "token.made".to_owned(), 1)],
    };
    incident::IncidentView {
        here: "/w/ws_sample/incidents/inc_sample".to_owned(),
        row: incident_row(),
        asked: vec![
            ("Session", "ses_01jd2h5k3v8q9r7t6w4x2y1z0a".to_owned()),
            ("Entries before", "84113".to_owned()),
        ],
        workspaces: vec![incident::WorkspaceRow {
            id: "ws_sample".to_owned(),
            counts: [18, 12, 9, 4, 1],
            sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
        }],
        scope: inside.then_some(scope),
        lines: vec![incident::LineRow {
            at: ago(3_600),
            by: "mem_sample".to_owned(),
            text: "1 workspaces affected".to_owned(),
        }],
        notices: vec![incident::NoticeRow {
            workspace: "ws_sample".to_owned(),
            text: "Incident inc_sample\n\nWhat happened\nA laptop was stolen.\n".to_owned(),
            drafted_by: "mem_sample".to_owned(),
            sent: inside.then(|| (ago(600), "mem_other".to_owned())),
            told: u64::from(inside),
        }],
        updates: vec![incident::UpdateRow {
            at: ago(300),
            state: "identified",
            title: "Looks by a stolen session".to_owned(),
            text: "The session was ended.".to_owned(),
            entry: 84_201,
            sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
        }],
        closed: inside.then(|| ago(60)),
        publishes: !inside,
        drafts: (!inside).then(|| "9f86d081".to_owned()),
        is_own: true,
        typed: form::Typed {
            texts: vec![("nature", "x".to_owned())],
            wrong: Some(("contact".to_owned(), "1 to 4000 bytes".to_owned())),
        },
    }
}

/// The settings of a workspace that only the installation holds.
pub fn settings_held_from_above() -> settings::SettingsView {
    let installation = held(Section::Settings, false).held;
    settings::SettingsView { installation, approvals: vec![], ..settings_view(None) }
}

/// An operator's surroundings.
pub fn operator(section: Section) -> Frame {
    let member = MemberBadge { name: "Operator".to_owned(), role: "runs the installation".to_owned() };
    Frame { operator: true, workspace: None, member: Some(member), shortcuts: false, ..frame(section) }
}

/// The installation, held or not.
fn operators_view(two: bool) -> operators::OperatorsView {
    let row = |number: u128, state, passkeys| operators::OperatorRow {
        id: MemberId(number),
        own: number == 7,
        passkeys,
        used: (passkeys > 0).then(|| (ago(4_000), Some("q3f1".to_owned()))),
        state,
        waits: state == "lapsed",
        speaks_for: (number == 9).then(|| (MemberId(7), ago(-400_000))),
    };
    let invite = |number: u128, own, state| operators::InviteRow {
        id: GrantId(number),
        reason: "Somebody for the nights".to_owned(),
        by: MemberId(if own { 7 } else { 8 }),
        own,
        alone: state == "delayed",
        state,
        ready: (state == "delayed").then(|| ago(-40_000)),
        until: ago(-80_000),
    };
    operators::OperatorsView {
        operators: match two {
            true => vec![row(7, "used", 2), row(8, "lapsed", 1), row(9, "new", 0)],
            false => vec![row(7, "used", 1)],
        },
        invites: match two {
            true => vec![invite(1, true, "ready"), invite(2, false, "waiting")],
            false => vec![invite(3, true, "delayed")],
        },
        enrol_url: two.then(|| "https://console.example.com/enrol#operator-0123456789".to_owned()),
        typed: form::Typed::default(),
    }
}

pub fn operations_view(held: Option<Held>) -> operations::OperationsView {
    let approvals = if held.is_some() { settings_view(None).approvals } else { vec![] };
    let doors = operations::DoorsView {
        since: ago(86_400 * 3),
        open: [(112, 16_384), (3, 1_024)],
        connections: vec![("taken", [61_204, 912]), ("cut_idle", [41_100, 880])],
        answered: vec![("taken", 1_840_221), ("over_quota", 12)],
    };
    let own = MemberId(7).to_string();
    operations::OperationsView {
        version: "0.1.0",
        doors,
        held,
        approvals,
        own,
        opened: vec![],
        glass: vec![operations::GlassRow {
            id: GrantId(8),
            workspace: WorkspaceId(1 << 100),
            reason: "The disk is full".to_owned(),
            by: MemberId(9),
            own: false,
            waiting: true,
            until: ago(-80_000),
            digest: "00".repeat(32),
        }],
        typed: form::Typed::default(),
        mirrored: vec![],
    }
}

fn settings_view(wrong: Option<(&str, &str)>) -> settings::SettingsView {
    settings::SettingsView {
        name: "Harbour Goods".to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
        retention_days: Some(400),
        zones: vec!["Europe/Berlin".to_owned(), "UTC".to_owned()],
        may_change: true,
        may_hold: true,
        installation: None,
        own: None,
        approvals: vec![settings::ApprovalRow {
            id: GrantId(7),
            by: "you".to_owned(),
            reason: "The key was replaced everywhere".to_owned(),
            until: ago(-80_000),
        }],
        passwords: wrong.is_some(),
        may_allow: true,
        key: settings::KeyRow {
            key: "6f1d0c2ab34e5f78".to_owned(),
            since: ago(90_000),
            older: wrong.map(|_| settings::OlderKeyRow {
                key: "00c3a9b17d52e4f6".to_owned(),
                by: "mem_1".to_owned(),
                at: ago(60),
                progress: ("archive", 3, 40),
                waits_for: Some("the archive: the disk is full".to_owned()),
            }),
        },
        may_replace: true,
        wrong: wrong.map(|(field, how)| (field.to_owned(), how.to_owned())),
    }
}

/// What an authenticator app is given.
fn app_secret() -> passwords::Secret {
    passwords::Secret {
        ceremony: "s4mple".to_owned(),
        text: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP".to_owned(),
        uri: "otpauth://totp/Holdfast:localhost?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Holdfast"
            .to_owned(),
    }
}

fn own_password_view(set: bool, secret: Option<passwords::Secret>) -> own_password::OwnPasswordView {
    let wrong = set.then(|| ("password".to_owned(), "this password is in a list of known ones".to_owned()));
    own_password::OwnPasswordView { set: set.then(|| ago(90_000)), opens: true, secret, wrong }
}

fn purges_view(purges: Vec<purges::PurgeRow>, counted: Option<purges::CountedView>) -> purges::PurgesView {
    let typed = form::Typed::default();
    purges::PurgesView { purges, may_begin: true, typed, counted }
}

fn purge_row() -> purges::PurgeRow {
    purges::PurgeRow {
        id: PurgeId(7),
        asked: "remove the property where value is hidden, also inside texts".to_owned(),
        by: "Ada Example".to_owned(),
        ordered: Timestamp::UNIX_EPOCH,
        step: "archive 12 of 38".to_owned(),
        done: false,
    }
}

fn purge_count() -> purges::CountedView {
    purges::CountedView {
        events: 1_000,
        people: 812,
        properties: vec![("properties.note".to_owned(), 1_000)],
        span: Some((Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH)),
        complete: false,
    }
}

fn purge_view() -> purges::PurgeView {
    let line = json!({ "property": "properties.note", "events": 3, "first": "2026-08-01T00:00:00Z", "last": "2026-08-02T00:00:00Z", "sdks": ["analytics.js 2.1.0"] });
    let report = json!({
        "places": { "store": { "events": 3 }, "journal": { "records": 3 }, "people": { "traits": 1 } },
        "remains": { "backups": [{ "made_at": "2026-08-01T00:00:00Z" }] },
        "by_person": [{ "person": PersonId(9), "properties": [line] }],
    });
    purges::PurgeView {
        row: purges::PurgeRow { step: "done".to_owned(), done: true, ..purge_row() },
        note: None,
        entry: Some(812),
        report: Some(report),
    }
}

fn plans_view() -> plans::PlansView {
    let run = |scale: u32| (0..30_u32).map(|day| Some(f64::from(scale * (2 + (day * 7) % 5)))).collect();
    let row = |event: &str, property: &str, rule: &str, mode: &str, count| plans::ViolationRow {
        event: event.to_owned(),
        property: property.to_owned(),
        rule: rule.to_owned(),
        mode: mode.to_owned(),
        count,
        last: ago(40),
    };
    let plan = |name: &str, active| plans::PlanRow {
        name: name.to_owned(),
        version: 7,
        active,
        changed: ago(86_400 * 3),
        by: "ada@example.com".to_owned(),
    };
    plans::PlansView {
        plans: vec![plan("shop", true), plan("next-year", false)],
        days: (1..=30).map(|day| format!("{day} Oct")).collect(),
        by_day: vec![
            Series { label: "kept".to_owned(), values: run(5) },
            Series { label: "set aside".to_owned(), values: run(2) },
            Series { label: "refused".to_owned(), values: run(1) },
        ],
        violations: vec![
            row("Order Completed", "revenue", "type", "watch", 1_204),
            row("Order Completed", "order_id", "missing", "quarantine", 88),
            row("Debug", "", "unplanned event", "block", 3),
        ],
        waiting: 88,
        may_change: true,
        wrong: None,
    }
}

#[expect(clippy::unwrap_used, reason = "a sample that cannot be read must stop the test")]
fn sample_plan() -> ::plan::Plan {
    let text = include_str!("../../../../tests/plan/shop.json");
    ::plan::Plan::read_text(text, None).unwrap()
}

fn plan_overtaken() -> plan::Tried {
    let changes = plan_changes().changes;
    let overtaken = plan::Overtaken {
        from: 1,
        by: "grace@example.com".to_owned(),
        at: ago(120),
        theirs: changes.clone(),
        yours: changes,
    };
    plan::Tried { text: "{}".to_owned(), based_on: None, errors: vec![], overtaken: Some(overtaken) }
}

fn plan_view(tried: Option<plan::Tried>) -> plan::PlanView {
    let version =
        |version| plan::VersionRow { version, made: ago(86_400 * 9), by: "ada@example.com".to_owned() };
    plan::PlanView {
        plan: sample_plan(),
        version: 2,
        latest: 2,
        active: true,
        versions: vec![version(2), version(1)],
        may_change: true,
        tried,
    }
}

fn plan_changes() -> plan::ChangesView {
    let mut after = sample_plan();
    after.set_mode(None, ::plan::Mode::Block);
    after.events.remove("Signed Out");
    let changes = ::plan::diff::diff(&sample_plan(), &after);
    plan::ChangesView { name: "shop".to_owned(), between: (1, 2), changes }
}

fn quarantine_view(empty: bool) -> quarantine::QuarantineView {
    let reason = |property: &str, rule: &str, count| quarantine::ReasonRow {
        event: "Order Completed".to_owned(),
        property: property.to_owned(),
        rule: rule.to_owned(),
        count,
    };
    let item = |number| quarantine::ItemRow {
        number,
        event: "Order Completed".to_owned(),
        time: ago(4_000),
        held: ago(3_990),
        reasons: vec![("order_id".to_owned(), "missing".to_owned())],
        shape: vec![
            ("revenue".to_owned(), "string"),
            ("to".to_owned(), "sealed"),
            ("pin".to_owned(), "removed"),
        ],
    };
    quarantine::QuarantineView {
        waiting: if empty { 0 } else { 91 },
        bytes: 40_960,
        full: !empty,
        reasons: if empty {
            vec![]
        } else {
            vec![reason("order_id", "missing", 88), reason("revenue", "type", 3)]
        },
        items: if empty { vec![] } else { vec![item(1), item(2)] },
        next: (!empty).then_some(3),
        later: true,
        may_release: true,
        may_drop: true,
    }
}
