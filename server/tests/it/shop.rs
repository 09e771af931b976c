//! What the shop points to: the event that is next, its calendar file and related products; and items that ship.

use serde_json::{Value, json};
use store::{Id, ProductId, products};

use crate::{
    refunds::{Scene, buy, open, rest, scene},
    support::{Browser, TestApp, on_both_databases},
};

on_both_databases!(
    what_is_next_is_shown_and_goes_into_a_calendar,
    stripes_page_asks_for_the_address_of_what_ships,
);

/// Far away, so that it is to come whenever the test runs.
const EARLY: [(&str, &str); 5] = [
    ("kind", "event_ticket"),
    ("name", "Early, and cold"),
    ("price", "4500"),
    ("starts_on", "2099-01-02"),
    ("starts_time", "09:00"),
];
const LATE: [(&str, &str); 5] = [
    ("kind", "event_ticket"),
    ("name", "Late"),
    ("price", "0"),
    ("starts_on", "2099-03-13"),
    ("starts_time", "18:30"),
];
const OVER: [(&str, &str); 5] = [
    ("kind", "event_ticket"),
    ("name", "Over"),
    ("price", "0"),
    ("starts_on", "2001-03-13"),
    ("starts_time", "18:30"),
];

/// Saves the product and returns its id.
async fn save(dana: &Browser, fields: &[(&str, &str)]) -> ProductId {
    let to = dana.go("save_product", fields).await;
    let id = to.strip_prefix("/admin/catalog?saved=").expect("the list");
    Id::new(id.parse().unwrap())
}

/// The tiles of the dashboard.
async fn tiles(member: &Browser) -> String {
    let page = member.get("/dashboard").await.text;
    let (_, tiles) = page.split_once("class=\"tiles\"").expect("tiles");
    tiles.split_once("</ul>").expect("their end").0.to_owned()
}

async fn what_is_next_is_shown_and_goes_into_a_calendar(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    let visitor = app.browser();
    let dana = app.detroit_admin().await;
    save(&dana, &OVER).await;
    let late = save(&dana, &LATE).await.to_string();
    let home = visitor.get("/").await.text;
    let (before, after) = home.split_once("Next event").expect("what is next");
    assert!(!before.contains("class=\"products\""), "above the catalog");
    assert!(after.contains("March 13, 2099 · 6:30 PM"), "{home}");

    let ticket = &referred.ticket;
    let (id, version) = (ticket.id.to_string(), ticket.version.to_string());
    let known = [("id", id.as_str()), ("version", version.as_str())];
    save(&dana, &[&EARLY[..], &known[..]].concat()).await;
    let home = visitor.get("/").await.text;
    let (_, after) = home.split_once("Next event").expect("what is next");
    assert!(after.contains("January 2, 2099 · 9:00 AM"), "{home}");
    let page = visitor.get("/events/steel-challenge").await.text;
    let (_, related) = page.split_once("More events").expect("related events");
    assert!(related.contains("\"/events/late\""), "{page}");
    assert!(!related.contains("/events/over"), "{page}");
    assert!(!related.contains("\"/events/steel-challenge\""), "{page}");

    assert!(!tiles(&jane).await.contains("Next event"));
    let early = buy(&app, &jane, ticket, None).await;
    let free = [
        ("product_id", late.as_str()),
        ("page", "/events/late"),
        ("form_token", "form1"),
    ];
    jane.go("buy", &free).await;
    let receipt = format!("/purchases/{}", early.id);
    let shown = tiles(&jane).await;
    assert!(shown.contains("Early, and cold"), "{shown}");
    assert!(shown.contains(&receipt), "{shown}");
    let file = "/events/steel-challenge/calendar.ics";
    for page in [receipt.as_str(), "/events/steel-challenge"] {
        let page = jane.get(page).await.text;
        assert!(page.contains(&format!("href=\"{file}\"")), "{page}");
    }
    app.refund(early.id, 4500).await.unwrap();
    rest(&app).await;
    let shown = tiles(&jane).await;
    assert!(!shown.contains("Early"), "{shown}");
    assert!(shown.contains("March 13, 2099"), "{shown}");

    let calendar = visitor.get(file).await;
    assert_eq!(calendar.status, 200);
    assert_eq!(
        calendar.header("content-type"),
        "text/calendar; charset=utf-8"
    );
    assert_eq!(calendar.header("cache-control"), "public, max-age=60");
    for line in ["SUMMARY:Early\\, and cold\r\n", "DTSTART:20990102T", "URL:"] {
        assert!(calendar.text.contains(line), "{line}: {}", calendar.text);
    }
    let version = (ticket.version + 1).to_string();
    let withdrawn = [
        ("id", id.as_str()),
        ("withdrawn", "true"),
        ("version", version.as_str()),
    ];
    dana.done("set_product_withdrawn", &withdrawn).await;
    let calendar = visitor.get(file).await;
    assert_eq!(calendar.status, 200, "who has a ticket needs it");
    assert!(!calendar.text.contains("URL:"), "{}", calendar.text);
    let undated = app
        .product(&app.detroit, *ticket.kind, "undated", 100)
        .await;
    let nothing = format!("{}/calendar.ics", products::path(&undated));
    for path in [nothing.as_str(), "/events/nowhere/calendar.ics"] {
        assert_eq!(visitor.get(path).await.status, 404, "{path}");
    }
}

async fn stripes_page_asks_for_the_address_of_what_ships(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    let dana = app.detroit_admin().await;
    let hat = |price: &'static str| {
        [
            ("kind", "shop_item"),
            ("name", "Range Hat"),
            ("price", price),
            ("ships", "on"),
        ]
    };
    let refused = dana.refused("save_product", &hat("0")).await;
    assert!(refused.about("price").is_some(), "{refused:?}");
    let id = save(&dana, &hat("1800")).await;
    let form = dana.get(&format!("/admin/catalog/{id}")).await.text;
    let (_, after) = form.split_once("name=\"ships\"").expect("the box");
    assert!(
        after.split('>').next().unwrap().contains("checked"),
        "{form}"
    );
    let rows = app.audit_rows().await;
    let logged = rows.iter().find(|row| row.field == "Ships").unwrap();
    assert_eq!(logged.new_value.as_deref(), Some("yes"));

    let db = app.state.db.reader();
    let hat = products::any_by_id(db, app.detroit.id(), id).await.unwrap();
    let page = jane.get("/shop/range-hat").await.text;
    assert!(page.contains("Ships to the US and Canada."), "{page}");
    let session = open(&app, &jane, &hat.unwrap(), None).await;
    assert_eq!(
        session["shipping_address_collection"],
        json!({ "allowed_countries": ["US", "CA"] })
    );
    let session = open(&app, &jane, &referred.ticket, None).await;
    assert_eq!(session["shipping_address_collection"], Value::Null);
}
