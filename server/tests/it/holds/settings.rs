//! Site Settings > Rewards: who may save, what is refused, and two admins at once.

use domain::credit::{Cap, CapPeriod};
use services::operator::partial_refunds::set_partial_refunds;
use store::platform_settings;

use super::GUIDE;
use crate::support::{TestApp, on_both_databases};

on_both_databases!(
    an_admin_sets_the_terms_of_the_site,
    who_runs_the_platform_sets_its_terms,
    every_complaint_stands_beside_its_field_and_nothing_is_lost,
    nobody_else_sets_them,
    the_second_of_two_admins_is_told_and_may_replace,
    the_other_form_does_not_make_this_one_stale,
    the_card_says_what_is_asked_for,
    what_a_refund_of_a_part_takes_back_is_ticked,
);

const TAB: &str = "/admin/settings?tab=rewards";

/// The form of the tenant program.
fn form<'a>(
    days: &'a str,
    least: &'a str,
    credits: &'a str,
    version: &'a str,
) -> [(&'static str, &'a str); 6] {
    [
        ("program", "tenant"),
        ("hold_days", days),
        ("least_purchase", least),
        ("cap_credits", credits),
        ("cap_period", "calendar_year"),
        ("version", version),
    ]
}

async fn an_admin_sets_the_terms_of_the_site(app: TestApp) {
    let dana = app.detroit_admin().await;
    let page = dana.get(TAB).await.text;
    assert!(page.contains("Hold (days)"), "{page}");
    assert!(!page.contains("Platform Referrals"), "{page}");
    assert_eq!(app.site().await.settings.terms().unwrap(), GUIDE);
    let said = dana
        .done("save_terms", &form(" 14 ", "2500", "5", "1"))
        .await;
    assert_eq!(said, "Terms saved.");
    let now = app.site().await.settings;
    let terms = now.terms().unwrap();
    assert_eq!((terms.hold_days, terms.least.cents()), (14, 2500));
    let cap = Cap {
        credits: 5,
        period: CapPeriod::CalendarYear,
    };
    assert_eq!(terms.cap, Some(cap));
    assert_eq!((now.terms_version, now.version), (2, 1));
    let traces = app.audit_rows().await;
    let told: Vec<_> = traces
        .iter()
        .map(|row| {
            let (old, new) = (row.old_value.as_deref(), row.new_value.as_deref());
            (row.field.as_str(), old.unwrap(), new.unwrap())
        })
        .collect();
    assert_eq!(
        told,
        [
            ("Hold (days)", "0", "14"),
            ("Least purchase that counts", "$0.00", "$25.00"),
            (
                "Most credits of one referrer",
                "None",
                "At most 5 credits in a calendar year"
            ),
        ]
    );
    assert!(traces.iter().all(|row| row.actor == "Dana Stone"
        && row.subject == "Rewards"
        && row.site_id == Some(app.detroit.id())));
    // The same again is no change.
    dana.done("save_terms", &form("14", "2500", "5", "1")).await;
    assert_eq!(app.audit_rows().await.len(), 3);
    dana.done("save_terms", &form("", "", "", "2")).await;
    assert_eq!(app.site().await.settings.terms().unwrap(), GUIDE);
}

async fn who_runs_the_platform_sets_its_terms(app: TestApp) {
    app.platform_admin(&app.detroit, "pat@example.com").await;
    let pat = app.signed_in("pat@example.com").await;
    let page = pat.get(TAB).await.text;
    assert!(page.contains("Platform Referrals"), "{page}");
    assert!(!page.contains("Tenant Referrals"), "{page}");
    let mut fields = form("30", "", "", "1");
    let refusal = pat.refused("save_terms", &fields).await;
    assert!(refusal.message.is_some(), "Pat does not run the site");
    fields[0].1 = "platform";
    pat.done("save_terms", &fields).await;
    let db = app.state.db.reader();
    let now = platform_settings::get(db).await.unwrap();
    assert_eq!((now.hold_days, now.terms_version), (30, 2));
    assert_eq!(app.site().await.settings.terms().unwrap(), GUIDE);
    assert_eq!(app.audit_rows().await.remove(0).site_id, None);
}

async fn every_complaint_stands_beside_its_field_and_nothing_is_lost(app: TestApp) {
    let dana = app.detroit_admin().await;
    let fields = form("91", "-5", "1e9", "1");
    let refusal = dana.refused("save_terms", &fields).await;
    for (field, typed) in [
        ("hold_days", "91"),
        ("least_purchase", "-5"),
        ("cap_credits", "1e9"),
    ] {
        assert!(refusal.about(field).is_some(), "{field}");
        assert_eq!(refusal.typed(field), typed);
    }
    // Without JavaScript as well.
    let answer = dana.submit("save_terms", &fields).await;
    assert_eq!(answer.header("location"), TAB);
    let page = dana.get(TAB).await.text;
    assert!(
        page.contains("Enter a whole number of days, from 0 to 90."),
        "{page}"
    );
    assert!(page.contains(r#"value="1e9""#), "{page}");
    let now = app.site().await.settings;
    assert_eq!((now.terms().unwrap(), now.terms_version), (GUIDE, 1));
    assert!(app.audit_rows().await.is_empty());
}

async fn nobody_else_sets_them(app: TestApp) {
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    app.admin(&app.coaching, "cole@example.com").await;
    let cole = app.browser_at("coaching.localhost");
    cole.sign_in("cole@example.com").await;
    let fields = form("14", "", "", "1");
    let mia = app.signed_in("mia@example.com").await;
    for (who, status) in [(&app.browser(), 401), (&mia, 403)] {
        assert_eq!(who.fetch("save_terms", &fields).await.status, status);
    }
    // An admin of another site sets, at most, their own.
    cole.done("save_terms", &fields).await;
    assert_eq!(app.site().await.settings.terms().unwrap(), GUIDE);
}

async fn the_second_of_two_admins_is_told_and_may_replace(app: TestApp) {
    let dana = app.detroit_admin().await;
    app.admin(&app.detroit, "cole@example.com").await;
    let cole = app.signed_in("cole@example.com").await;
    dana.done("save_terms", &form("14", "", "", "1")).await;
    let second = form("7", "", "", "1");
    let refusal = cole.refused("save_terms", &second).await;
    let told = refusal.message.clone().unwrap();
    assert!(
        told.starts_with("Dana Stone saved these terms at "),
        "{told}"
    );
    assert!(told.contains("Now saved: Hold (days) 14."), "{told}");
    assert_eq!(refusal.typed("version"), "2");
    assert_eq!(app.site().await.settings.hold_days, 14);
    cole.done("save_terms", &form("7", "", "", "2")).await;
    assert_eq!(app.site().await.settings.hold_days, 7);
}

/// The page of the amount and the tab of the terms may be open side by side.
async fn the_other_form_does_not_make_this_one_stale(app: TestApp) {
    let dana = app.detroit_admin().await;
    let amount = [("tenant_credit", "1500"), ("version", "1")];
    dana.done("save_settings", &amount).await;
    dana.done("save_terms", &form("14", "", "", "1")).await;
    let amount = [("tenant_credit", "1600"), ("version", "2")];
    dana.done("save_settings", &amount).await;
    assert_eq!(app.site().await.settings.hold_days, 14);
}

async fn the_card_says_what_is_asked_for(app: TestApp) {
    app.referred().await;
    let dana = app.detroit_admin().await;
    dana.done("save_terms", &form("14", "2500", "5", "1")).await;
    let mia = app.signed_in("mia@example.com").await;
    let page = mia.get("/dashboard").await.text;
    for words in [
        "When they make their first purchase of $25.00 or more, you earn $10.00.",
        "You get it 14 days after they pay.",
        "At most 5 credits in a calendar year count.",
        "You earn when they make a purchase of $25.00 or more",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
}

async fn what_a_refund_of_a_part_takes_back_is_ticked(app: TestApp) {
    let dana = app.detroit_admin().await;
    let page = dana.get(TAB).await.text;
    assert!(page.contains(r#"name="partial_refunds""#), "{page}");
    assert!(!page.contains("checked"), "{page}");
    let mut fields = form("", "", "", "1").to_vec();
    fields.push(("partial_refunds", "on"));
    dana.done("save_terms", &fields).await;
    assert!(app.site().await.settings.partial_refunds_reverse);
    let page = dana.get(TAB).await.text;
    assert!(page.contains("checked"), "{page}");
    let trace = app.audit_rows().await.remove(0);
    assert_eq!(trace.field, "Refund of a part takes back");
    assert_eq!(trace.old_value.as_deref(), Some("nothing"));
    assert_eq!(trace.new_value.as_deref(), Some("its share"));
    // The command line changes it as well, and a form of before does not change it back unseen.
    let set = set_partial_refunds(&app.state, Some("detroit-arms"), false).await;
    set.unwrap();
    fields[5].1 = "2";
    let refusal = dana.refused("save_terms", &fields).await;
    let told = refusal.message.unwrap();
    assert!(
        told.starts_with("The command line saved these terms at "),
        "{told}"
    );
    assert!(
        told.contains("Refund of a part takes back nothing."),
        "{told}"
    );
    assert!(!app.site().await.settings.partial_refunds_reverse);
}
