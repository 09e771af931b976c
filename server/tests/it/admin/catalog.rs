//! Products, as an admin edits them.

use app::{ports::AdminCatalog, types::admin::ProductForm};
use domain::{forms::Refusal, purchase::ProductKind};
use store::{Id, ProductId, entities::product, products};

use crate::support::{Browser, TestApp, on_both_databases};

on_both_databases!(
    a_new_product_gets_an_address_of_its_own,
    a_change_counts_and_leaves_past_purchases_alone,
    what_cannot_be_taken_is_refused_beside_the_field,
    any_text_is_just_text,
    the_second_of_two_admins_is_told_and_may_replace,
    a_withdrawn_product_is_not_on_offer,
    nobody_elses_product_can_be_touched,
);

const NEW: [(&str, &str); 6] = [
    ("kind", "event_ticket"),
    ("name", "Ladies' Night"),
    ("summary", "An evening at the range."),
    ("description", "First.\r\n\r\nSecond."),
    ("detail", "Saturday, December 5, 2026 · 18:00"),
    ("price", "4500"),
];

/// `fields` with these other values.
fn with<'a>(
    fields: &[(&'a str, &'a str)],
    others: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let kept = fields
        .iter()
        .filter(|(name, _)| others.iter().all(|(other, _)| other != name));
    kept.chain(others).copied().collect()
}

async fn find(app: &TestApp, id: ProductId) -> product::Model {
    products::any_by_id(app.state.db.reader(), app.detroit.id(), id)
        .await
        .unwrap()
        .expect("a product")
}

/// Saves the product, and returns the id that the list shows as saved.
async fn save(browser: &Browser, fields: &[(&str, &str)]) -> ProductId {
    let to = browser.go("save_product", fields).await;
    let id = to.strip_prefix("/admin/catalog?saved=").expect("the list");
    Id::new(id.parse().unwrap())
}

async fn refused(browser: &Browser, fields: &[(&str, &str)]) -> Refusal {
    browser.refused("save_product", fields).await
}

async fn a_new_product_gets_an_address_of_its_own(app: TestApp) {
    let first = app
        .product(&app.detroit, ProductKind::Course, "first", 100)
        .await;
    let dana = app.detroit_admin().await;
    let mut slugs = Vec::new();
    for _ in 0..3 {
        let product = find(&app, save(&dana, &NEW).await).await;
        slugs.push(product.slug);
        assert!(product.position > first.position);
        assert_eq!(product.description, "First.\n\nSecond.");
        assert_eq!(
            (product.price_cents, product.currency.code()),
            (4500, "usd")
        );
    }
    assert_eq!(slugs, ["ladies-night", "ladies-night-2", "ladies-night-3"]);
    let course = save(&dana, &with(&NEW, &[("kind", "course")])).await;
    assert_eq!(find(&app, course).await.slug, "ladies-night");
    let page = app.browser().get("/events/ladies-night-2").await;
    assert!(page.text.contains("Ladies"), "{}", page.status);
    let traces = app.audit_rows().await;
    let price = traces.iter().find(|row| row.field == "Price").unwrap();
    assert_eq!(price.subject, "Product Ladies' Night");
    assert_eq!(
        (price.old_value.as_deref(), price.new_value.as_deref()),
        (None, Some("$45.00"))
    );
}

async fn a_change_counts_and_leaves_past_purchases_alone(app: TestApp) {
    let dana = app.detroit_admin().await;
    let id = save(&dana, &NEW).await;
    let mia = app.member(&app.detroit, "Mia", "mia@example.com").await;
    let sale =
        services::purchases::counter_sale::record(&app.state, &app.detroit, mia.id, id).await;
    let sale = sale.unwrap().unwrap();
    let text = id.to_string();
    let changed = with(
        &NEW,
        &[
            ("id", &text),
            ("version", "1"),
            ("kind", "membership"),
            ("name", "Men's Night"),
            ("price", "9900"),
        ],
    );
    assert_eq!(save(&dana, &changed).await, id);
    let now = find(&app, id).await;
    assert_eq!((now.name.as_str(), now.price_cents), ("Men's Night", 9900));
    assert_eq!(
        (now.kind.code(), now.slug.as_str()),
        ("event_ticket", "ladies-night")
    );
    assert_eq!(now.version, 2);
    let bought = app.purchase(sale).await;
    assert_eq!(
        (
            bought.product_name.as_str(),
            bought.price_cents,
            bought.paid_cents
        ),
        ("Ladies' Night", 4500, Some(4500))
    );
    let rows = app.audit_rows().await;
    let told: Vec<_> = rows[rows.len() - 2..]
        .iter()
        .map(|row| (row.field.as_str(), row.new_value.as_deref().unwrap()))
        .collect();
    assert_eq!(told, [("Name", "Men's Night"), ("Price", "$99.00")]);
    let services = app
        .services(
            &app.detroit,
            app.find(&app.detroit, "dana@example.com").await.as_ref(),
        )
        .await;
    let form = services.form(id.get()).await.unwrap().unwrap();
    assert_eq!(
        (
            form.price.as_str(),
            form.version.as_str(),
            form.kind.as_str()
        ),
        ("9900", "2", "event_ticket")
    );
    app.run_jobs().await;
}

async fn what_cannot_be_taken_is_refused_beside_the_field(app: TestApp) {
    let dana = app.detroit_admin().await;
    let long = "x".repeat(10_240);
    for (field, typed) in [
        ("kind", ""),
        ("kind", "raffle"),
        ("name", ""),
        ("name", "   "),
        ("name", &long),
        ("name", "a\nb"),
        ("name", "a\0b"),
        ("summary", &long),
        ("description", &long),
        ("description", "a\u{7}b"),
        ("detail", &long),
        ("price", ""),
        ("price", "-1"),
        ("price", "1.5"),
        ("price", "1e3"),
        ("price", "ten"),
        ("price", "9223372036854775808"),
        ("price", "$10"),
    ] {
        let refusal = refused(&dana, &with(&NEW, &[(field, typed)])).await;
        assert!(refusal.about(field).is_some(), "{field}: {typed:.20}");
        assert_eq!(refusal.fields.len(), 1, "{field}: {typed:.20}");
        assert_eq!(refusal.typed(field), typed);
    }
    let free = with(&NEW, &[("kind", "membership"), ("price", "0")]);
    assert_eq!(
        refused(&dana, &free).await.about("price"),
        Some("A membership must cost more than 0.")
    );
    let all = products::all(app.state.db.reader(), app.detroit.id()).await;
    assert!(all.unwrap().is_empty());
}

async fn any_text_is_just_text(app: TestApp) {
    let dana = app.detroit_admin().await;
    for name in [
        "</title><script>alert(1)</script>",
        "ליל נשים",
        "1911",
        "Ω'; --",
    ] {
        let id = save(&dana, &with(&NEW, &[("name", name)])).await;
        let product = find(&app, id).await;
        assert_eq!(product.name, name);
        let page = app.browser().get(&products::path(&product)).await;
        assert_eq!(page.status, 200);
        assert!(!page.text.contains("<script>alert"));
    }
}

async fn the_second_of_two_admins_is_told_and_may_replace(app: TestApp) {
    let dana = app.detroit_admin().await;
    let id = save(&dana, &NEW).await;
    let text = id.to_string();
    let change = |price, version| {
        with(
            &NEW,
            &[("id", &text), ("version", version), ("price", price)],
        )
    };
    save(&dana, &change("5000", "1")).await;
    let refusal = refused(&dana, &change("6000", "1")).await;
    let message = refusal.message.clone().unwrap();
    assert!(
        message.starts_with("Dana Stone saved this product at "),
        "{message}"
    );
    assert!(
        message.contains("Now saved: Price \u{201c}$50.00\u{201d}"),
        "{message}"
    );
    assert_eq!(
        (refusal.typed("version"), refusal.typed("price")),
        ("2", "6000")
    );
    assert_eq!(find(&app, id).await.price_cents, 5000);
    // Saving what is already stored is not a conflict.
    save(&dana, &change("5000", "1")).await;
    assert_eq!(find(&app, id).await.version, 2);
    save(&dana, &change("6000", refusal.typed("version"))).await;
    assert_eq!(find(&app, id).await.price_cents, 6000);
}

async fn a_withdrawn_product_is_not_on_offer(app: TestApp) {
    let dana = app.detroit_admin().await;
    let id = save(&dana, &NEW).await;
    let text = id.to_string();
    let set = |withdrawn, version| {
        [
            ("id", text.as_str()),
            ("withdrawn", withdrawn),
            ("version", version),
        ]
    };
    let stale = dana
        .refused("set_product_withdrawn", &set("true", "7"))
        .await;
    assert_eq!(stale.typed("version"), "1");
    let said = dana.done("set_product_withdrawn", &set("true", "1")).await;
    assert_eq!(said, "Ladies' Night was taken off the catalog.");
    let form = dana.get(&format!("/admin/catalog/{id}")).await.text;
    assert!(form.contains("This product is withdrawn"), "{form}");
    assert_eq!(app.browser().get("/events/ladies-night").await.status, 404);
    let services = app
        .services(
            &app.detroit,
            app.find(&app.detroit, "dana@example.com").await.as_ref(),
        )
        .await;
    let listed = AdminCatalog::list(&services).await.unwrap();
    assert!(listed[0].withdrawn);
    // Withdrawing a withdrawn product changes nothing.
    dana.done("set_product_withdrawn", &set("true", "1")).await;
    dana.done("set_product_withdrawn", &set("false", "2")).await;
    assert_eq!(app.browser().get("/events/ladies-night").await.status, 200);
    let offered: Vec<_> = app
        .audit_rows()
        .await
        .into_iter()
        .filter(|row| row.field == "On offer")
        .map(|row| (row.old_value.unwrap(), row.new_value.unwrap()))
        .collect();
    let change = |old: &str, new: &str| (old.to_owned(), new.to_owned());
    assert_eq!(offered, [change("yes", "no"), change("no", "yes")]);
}

async fn nobody_elses_product_can_be_touched(app: TestApp) {
    let theirs = app
        .product(&app.coaching, ProductKind::Course, "theirs", 100)
        .await;
    let dana = app.detroit_admin().await;
    let id = theirs.id.to_string();
    for id in [id.as_str(), "0", "-5", "x", "99999999999999999999"] {
        let change = with(&NEW, &[("id", id), ("version", "1")]);
        let refusal = refused(&dana, &change).await;
        assert_eq!(
            refusal.message.as_deref(),
            Some("There is no such product here."),
            "{id}"
        );
        let set = [("id", id), ("withdrawn", "true"), ("version", "1")];
        dana.refused("set_product_withdrawn", &set).await;
    }
    let user = app.find(&app.detroit, "dana@example.com").await;
    let services = app.services(&app.detroit, user.as_ref()).await;
    assert_eq!(
        services.form(theirs.id.get()).await.unwrap(),
        None::<ProductForm>
    );
    assert!(AdminCatalog::list(&services).await.unwrap().is_empty());
    let mia = app.member(&app.detroit, "Mia", "mia@example.com").await;
    let ours = save(&dana, &NEW).await;
    let services = app.services(&app.detroit, Some(&mia)).await;
    assert_eq!(services.form(ours.get()).await.unwrap(), None);
    assert!(AdminCatalog::list(&services).await.unwrap().is_empty());
}
