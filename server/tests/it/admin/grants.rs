//! Credit that the staff gives and takes by hand (`docs/rules.md` 139 and 140).

mod flagged;

use std::time::Duration;

use domain::{
    account::{PlatformRole, Role, TenantRole},
    forms::Refusal,
};
use reqwest::Client;
use store::entities::{credit, user};
use stripe_stand_in::{Fault, FaultKind, ReceivedRequest};

use crate::support::{
    Browser, PLATFORM_KEY, STRIPE_KEY, TestApp, on_both_databases, stripe::listed,
};

on_both_databases!(
    a_credit_is_given_once_it_is_confirmed,
    a_double_click_gives_once,
    what_is_forged_gives_nothing,
    each_role_gives_as_much_as_it_may,
    it_needs_a_recent_password,
    another_tenants_member_is_not_there,
    what_stripe_does_not_answer_is_given_later,
    credit_is_taken_as_far_as_it_is_there,
    what_is_spent_meanwhile_is_not_taken,
    a_platform_referrer_is_given_a_credit,
    without_stripe_nothing_is_given,
    a_deleted_account_leaves_no_reason,
);

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const OTHER_TOKEN: &str = "fedcba9876543210fedcba9876543210";
const REASON: &str = "For the long wait";

/// Sends one of the forms, with what was confirmed.
fn form<'a>(
    (program, id): (&'a str, &'a str),
    (amount, confirmed): (&'a str, &'a str),
    token: &'a str,
) -> [(&'a str, &'a str); 6] {
    [
        ("program", program),
        ("id", id),
        ("amount", amount),
        ("reason", REASON),
        ("confirmed", confirmed),
        ("token", token),
    ]
}

async fn give(dana: &Browser, member: &user::Model, cents: &str, token: &str) -> String {
    let id = member.id.to_string();
    let form = form(("tenant", &id), (cents, cents), token);
    dana.done("give_credit", &form).await
}

async fn take(dana: &Browser, member: &user::Model, cents: &str, token: &str) -> String {
    let id = member.id.to_string();
    let form = form(("tenant", &id), (cents, cents), token);
    dana.done("take_credit", &form).await
}

async fn refused(dana: &Browser, function: &str, id: &str, cents: &str) -> Refusal {
    let form = form(("tenant", id), (cents, cents), TOKEN);
    dana.refused(function, &form).await
}

/// Kind, state and cents of each ledger row.
fn ledger(rows: &[credit::Model]) -> Vec<(&'static str, &'static str, i64)> {
    let entry = |row: &credit::Model| (row.kind.code(), row.state.code(), row.amount_cents);
    rows.iter().map(entry).collect()
}

/// An invoice takes this much from the balance.
async fn invoice(app: &TestApp, customer: &str, cents: i64) {
    let base = &app.stripe.base_url;
    let url = format!("{base}v1/customers/{customer}/balance_transactions");
    let form = [
        ("amount", cents.to_string()),
        ("currency", "usd".to_owned()),
    ];
    let taken = Client::new().post(url).bearer_auth(STRIPE_KEY).form(&form);
    assert_eq!(taken.send().await.unwrap().status(), 200);
}

async fn a_credit_is_given_once_it_is_confirmed(app: TestApp) {
    let mia = app.referred().await.mia;
    let dana = app.detroit_admin().await;
    let id = mia.id.to_string();
    let member = dana.get(&format!("/admin/members/{id}")).await.text;
    let path = format!("/admin/members/{id}/grant");
    assert!(member.contains(&path), "{member}");
    assert_eq!(dana.get(&path).await.status, 200);

    let first = form(("tenant", &id), ("1000", ""), TOKEN);
    let page = dana.submit("give_credit", &first).await;
    assert_eq!(page.header("location"), path);
    let asked = dana.get(&path).await.text;
    assert!(asked.contains("Give $10.00 to Mia Stone?"), "{asked}");
    assert!(asked.contains(REASON), "what was typed stays: {asked}");
    assert!(asked.contains(TOKEN), "the same form goes on: {asked}");
    assert!(
        app.credits().await.is_empty(),
        "nothing before it is confirmed"
    );
    // Another amount than the page named is asked about again.
    let changed = form(("tenant", &id), ("1000", "2000"), TOKEN);
    let refusal = dana.refused("give_credit", &changed).await;
    assert_eq!(refusal.typed("confirm"), "1000");

    let said = give(&dana, &mia, "1000", TOKEN).await;
    assert_eq!(said, "$10.00 was given to Mia Stone.");
    assert_eq!(app.balance_of(&mia).await, -1000);
    let rows = app.credits().await;
    assert_eq!(ledger(&rows), [("granted", "issued", -1000)]);
    assert_eq!(rows[0].reason.as_deref(), Some(REASON));
    let told = app.notifications(&mia).await;
    let words = format!("Detroit Arms gave you a $10.00 credit: {REASON}");
    assert_eq!(told, [words]);
    let statement = app.signed_in("mia@example.com").await.get("/credits").await;
    let words = format!("Given by Detroit Arms: {REASON}");
    assert!(statement.text.contains(&words), "{}", statement.text);
    let log = app.audit_rows().await;
    let line = log.iter().find(|row| row.field == "Credit given").unwrap();
    assert_eq!((&*line.subject, &*line.actor), ("Mia Stone", "Dana Stone"));
    assert_eq!(line.new_value, Some(format!("$10.00: {REASON}")));
    let past = dana.get(&path).await.text;
    assert!(past.contains("+$10.00") && past.contains("Done"), "{past}");
    app.run_jobs().await;
    app.assert_nothing_is_left().await;
}

async fn a_double_click_gives_once(app: TestApp) {
    let mia = app.referred().await.mia;
    let dana = app.detroit_admin().await;
    let twice = tokio::join!(
        give(&dana, &mia, "1000", TOKEN),
        give(&dana, &mia, "1000", TOKEN)
    );
    for said in [&twice.0, &twice.1] {
        assert!(said.starts_with("$10.00 "), "{said}");
    }
    give(&dana, &mia, "1000", TOKEN).await;
    assert_eq!(app.balance_of(&mia).await, -1000);
    let given = |row: &store::entities::audit_entry::Model| row.field == "Credit given";
    let log = app.audit_rows().await;
    assert_eq!(log.iter().filter(|row| given(row)).count(), 1);
    let id = mia.id.to_string();
    let other = refused(&dana, "give_credit", &id, "2000").await;
    let words = other.message.unwrap();
    assert!(words.contains("already changed another balance"), "{words}");
    give(&dana, &mia, "1000", OTHER_TOKEN).await;
    assert_eq!(app.balance_of(&mia).await, -2000, "another form");
    app.run_jobs().await;
}

async fn what_is_forged_gives_nothing(app: TestApp) {
    let mia = app.referred().await.mia;
    let dana = app.detroit_admin().await;
    let id = mia.id.to_string();
    for function in ["give_credit", "take_credit"] {
        for (amount, words) in [
            ("-5", "The amount cannot be less than 0."),
            ("", "Enter an amount above 0."),
            ("0", "Enter an amount above 0."),
            ("1e9", "Enter whole cents"),
            ("10.00", "Enter whole cents"),
            ("1000000000", "The maximum is"),
        ] {
            let refusal = refused(&dana, function, &id, amount).await;
            let about = refusal.about("amount").unwrap();
            assert!(about.contains(words), "{function} {amount}: {about}");
            assert_eq!(refusal.typed("reason"), REASON);
        }
        let mut nothing = form(("tenant", &id), ("1000", "1000"), "");
        let refusal = dana.refused(function, &nothing).await;
        assert!(refusal.message.unwrap().contains("incomplete"));
        nothing[5].1 = TOKEN;
        nothing[3].1 = "  ";
        let refusal = dana.refused(function, &nothing).await;
        assert_eq!(refusal.about("reason"), Some("Say why."));
        let platform = form(("platform", &id), ("1000", "1000"), TOKEN);
        let refusal = dana.refused(function, &platform).await;
        assert!(
            refusal
                .message
                .unwrap()
                .contains("Your role may not do this.")
        );
        let unknown = refused(&dana, function, "lots", "1000").await;
        assert!(unknown.message.unwrap().contains("no such person"));
    }
    assert!(app.credits().await.is_empty());
    assert_eq!(app.balance_of(&mia).await, 0);
}

async fn each_role_gives_as_much_as_it_may(app: TestApp) {
    let mia = app.referred().await.mia;
    let dana = app.detroit_admin().await;
    let id = mia.id.to_string();
    let manager = Role::Tenant(TenantRole::Manager);
    app.staff(&app.detroit, manager, "sam@example.com").await;
    let sam = app.signed_in("sam@example.com").await;
    for (staff, most, more, words, token) in [
        (&dana, "50000", "50001", "$500.00", TOKEN),
        (&sam, "10000", "10001", "$100.00", OTHER_TOKEN),
    ] {
        let refusal = refused(staff, "give_credit", &id, more).await;
        let about = refusal.about("amount").unwrap();
        assert!(about.contains(words), "{about}");
        give(staff, &mia, most, token).await;
    }
    assert_eq!(app.balance_of(&mia).await, -60_000);
    app.run_jobs().await;
}

async fn it_needs_a_recent_password(app: TestApp) {
    app.stop_our_clock();
    let mia = app.referred().await.mia;
    let dana = app.detroit_admin().await;
    app.advance(Duration::from_secs(60 * 60));
    let id = mia.id.to_string();
    for function in ["give_credit", "take_credit"] {
        let refusal = refused(&dana, function, &id, "1000").await;
        let words = refusal.message.unwrap();
        assert!(words.contains("an hour since you typed"), "{words}");
    }
    let page = dana.get(&format!("/admin/members/{id}/grant")).await.text;
    assert!(page.contains("since you entered your password"), "{page}");
    assert!(app.credits().await.is_empty());
}

async fn another_tenants_member_is_not_there(app: TestApp) {
    app.referred().await;
    let other = app.member(&app.coaching, "Kay", "kay@example.com").await;
    let dana = app.detroit_admin().await;
    let id = other.id.to_string();
    let page = dana.get(&format!("/admin/members/{id}/grant")).await;
    assert_eq!(page.status, 404);
    for function in ["give_credit", "take_credit"] {
        let refusal = refused(&dana, function, &id, "1000").await;
        assert!(refusal.message.unwrap().contains("no such person"));
    }
    assert!(app.credits().await.is_empty());
}

async fn what_stripe_does_not_answer_is_given_later(app: TestApp) {
    let mia = app.referred().await.mia;
    let dana = app.detroit_admin().await;
    let lost = Fault::next(FaultKind::DropAfter).on("POST", "/v1/customers/");
    app.stripe.fault(lost.times(9));
    let said = give(&dana, &mia, "1000", TOKEN).await;
    assert!(said.contains("is on its way to Mia Stone"), "{said}");
    app.stripe.clear_faults();
    app.settle().await;
    assert_eq!(app.balance_of(&mia).await, -1000, "once");
    app.run_jobs().await;
    app.assert_nothing_is_left().await;
}

async fn credit_is_taken_as_far_as_it_is_there(app: TestApp) {
    let mia = app.referred().await.mia;
    let dana = app.detroit_admin().await;
    let id = mia.id.to_string();
    let none = refused(&dana, "take_credit", &id, "1").await;
    assert_eq!(none.about("amount"), Some("Nothing is on the balance."));
    give(&dana, &mia, "1000", TOKEN).await;
    let more = refused(&dana, "take_credit", &id, "1001").await;
    assert_eq!(more.about("amount"), Some("Only $10.00 is on the balance."));
    let twice = tokio::join!(
        take(&dana, &mia, "400", TOKEN),
        take(&dana, &mia, "400", TOKEN)
    );
    for said in [&twice.0, &twice.1] {
        assert!(said.starts_with("$4.00 "), "{said}");
    }
    // The second request may have held the balance while the first one posted.
    app.settle().await;
    assert_eq!(app.balance_of(&mia).await, -600);
    let rows = app.credits().await;
    let taken = ("corrected", "issued", 400);
    assert_eq!(ledger(&rows), [("granted", "issued", -1000), taken]);
    let told = app.notifications(&mia).await;
    let words = format!("Detroit Arms took $4.00 of your credit: {REASON}");
    assert!(told.contains(&words), "{told:?}");
    let log = app.audit_rows().await;
    let line = log.iter().find(|row| row.field == "Credit taken").unwrap();
    assert_eq!(line.new_value, Some(format!("$4.00: {REASON}")));
    app.run_jobs().await;
    app.assert_nothing_is_left().await;
}

async fn what_is_spent_meanwhile_is_not_taken(app: TestApp) {
    let mia = app.referred().await.mia;
    let dana = app.detroit_admin().await;
    give(&dana, &mia, "1000", TOKEN).await;
    let customer = app.customer_of(mia.id).await.unwrap();
    let path = format!("/v1/customers/{customer}/balance_transactions");
    let requests = app.stripe.requests().into_iter();
    let posts = |one: &ReceivedRequest| one.method == "POST" && one.path == path;
    let before = requests.filter(posts).count();
    let debit = Fault::next(FaultKind::Hang).on("POST", &path);
    app.stripe.fault(debit);
    let taking = take(&dana, &mia, "1000", TOKEN);
    let meanwhile = async {
        let more = before + 1;
        let received = app.stripe.wait_until_received("POST", &path, more).await;
        received.unwrap();
        invoice(&app, &customer, 700).await;
        app.stripe.release_hung();
    };
    let (said, ()) = tokio::join!(taking, meanwhile);
    assert_eq!(said, "$3.00 was taken from Mia Stone.");
    assert_eq!(app.balance_of(&mia).await, 0, "no debt");
    let path = format!("/admin/members/{}/grant", mia.id);
    let page = dana.get(&path).await.text;
    assert!(page.contains("-$3.00"), "{page}");
    assert!(!page.contains("-$10.00"), "{page}");
    let rows = app.credits().await;
    let expected = [
        ("granted", "issued", -1000),
        ("corrected", "issued", 1000),
        ("restored", "issued", -700),
    ];
    assert_eq!(ledger(&rows), expected);
    app.run_jobs().await;
    app.assert_nothing_is_left().await;
}

async fn a_platform_referrer_is_given_a_credit(app: TestApp) {
    let platform = app.platform().await;
    let manager = Role::Platform(PlatformRole::Manager);
    app.staff(&app.detroit, manager, "sam@example.com").await;
    let sam = app.signed_in("sam@example.com").await;
    let id = platform.jordan.id.to_string();
    let path = format!("/admin/platform-referrers/{id}");
    let customer = sam.get(&path).await.text;
    assert!(customer.contains(&format!("{path}/grant")), "{customer}");
    assert_eq!(sam.get(&format!("{path}/grant")).await.status, 200);
    let whose = ("platform", id.as_str());
    let more = form(whose, ("10001", "10001"), TOKEN);
    let refusal = sam.refused("give_credit", &more).await;
    assert!(refusal.about("amount").unwrap().contains("$100.00"));
    let given = form(whose, ("2500", "2500"), TOKEN);
    let said = sam.done("give_credit", &given).await;
    assert_eq!(said, "$25.00 was given to Jordan Reyes.");
    let taken = form(whose, ("500", "500"), TOKEN);
    let said = sam.done("take_credit", &taken).await;
    assert_eq!(said, "$5.00 was taken from Jordan Reyes.");
    let entries = listed(&app.stripe.objects(PLATFORM_KEY, None)["balance_transactions"]);
    let amounts: Vec<_> = entries
        .iter()
        .filter_map(|one| one["amount"].as_i64())
        .collect();
    assert_eq!(amounts, [-2500, 500]);
    let log = app.audit_rows().await;
    let line = log.iter().find(|row| row.field == "Credit given").unwrap();
    assert_eq!(line.subject, "Platform referrer Jordan Reyes");
    assert_eq!(line.site_id, None);
    app.run_jobs().await;
    app.assert_nothing_is_left().await;
}

async fn without_stripe_nothing_is_given(app: TestApp) {
    let mia = app.member(&app.detroit, "Mia", "mia@example.com").await;
    let dana = app.detroit_admin().await;
    let id = mia.id.to_string();
    for function in ["give_credit", "take_credit"] {
        let refusal = refused(&dana, function, &id, "1000").await;
        let words = refusal.message.unwrap();
        assert!(words.contains("Stripe is not connected"), "{words}");
    }
    assert!(app.credits().await.is_empty());
}

async fn a_deleted_account_leaves_no_reason(app: TestApp) {
    let mia = app.referred().await.mia;
    let dana = app.detroit_admin().await;
    give(&dana, &mia, "1000", TOKEN).await;
    let id = mia.id.to_string();
    let erase = [
        ("member_id", id.as_str()),
        ("confirm", "mia@example.com"),
        ("reason", "Asked for by letter."),
    ];
    dana.done("erase_member", &erase).await;
    app.run_jobs().await;
    let more = form(("tenant", &id), ("1000", "1000"), OTHER_TOKEN);
    let refusal = dana.refused("give_credit", &more).await;
    assert!(refusal.message.is_some(), "nothing is given to who left");
    assert_eq!(app.credits().await[0].reason, None);
    app.run_jobs().await;
}
