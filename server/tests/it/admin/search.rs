//! A search finds people in every spelling, and who has a referral code or link.

use app::{ports::AdminOrders, types::admin::MembersPage};
use domain::{
    credit::Program, purchase::OrderFilter, referral::ReferralFilter, search::beginnings,
};
use sea_orm::ConnectionTrait;
use services::respellings;
use store::{
    Scope,
    search_words::{self, Subject},
    users,
};

use crate::support::{Browser, CODE, TestApp, on_both_databases, subscription};

on_both_databases!(
    a_member_is_found_in_every_spelling,
    a_code_and_a_link_find_member_referral_and_order,
    a_platform_referrers_link_finds_referrer_referral_and_order,
    rows_of_before_are_found,
);

async fn members(dana: &Browser, text: &str) -> Vec<String> {
    let page = dana.fetch("admin_members", &[("text", text)]).await;
    let page: MembersPage = serde_json::from_str(&page.text).unwrap();
    page.members.into_iter().map(|row| row.name).collect()
}

async fn rename(app: &TestApp, email: &str, first: &str, last: &str) {
    let member = app.find(&app.detroit, email).await.unwrap();
    let db = app.state.db.writer();
    let named = users::set_name(db, &member, first.to_owned(), last.to_owned());
    named.await.unwrap();
}

async fn a_member_is_found_in_every_spelling(app: TestApp) {
    for (email, first, last) in [
        ("one@example.com", "Sinéad", "O\u{2019}Brien"),
        ("two@bücher.de", "Jürgen", "Müller-Łukasik"),
    ] {
        app.member(&app.detroit, "Jane", email).await;
        rename(&app, email, first, last).await;
    }
    let dana = app.detroit_admin().await;
    let (sinead, jurgen) = ("Sinéad O\u{2019}Brien", "Jürgen Müller-Łukasik");
    for (text, found) in [
        ("O'Brien", sinead),
        ("o\u{b4}brien sinead", sinead),
        ("OBRIEN", sinead),
        ("Sine\u{301}ad", sinead),
        ("Jurgen", jurgen),
        ("JÜRGEN", jurgen),
        ("muller lukasik", jurgen),
        ("Müller\u{2010}Lukasik", jurgen),
        ("two@xn--bcher-kva.de", jurgen),
    ] {
        assert_eq!(members(&dana, text).await, [found], "{text}");
    }
    // The other way round.
    rename(&app, "one@example.com", "Sinead", "O'Brien").await;
    for text in ["Sinéad", "O\u{2019}Brien", "o`brien"] {
        assert_eq!(members(&dana, text).await, ["Sinead O'Brien"], "{text}");
    }
}

async fn a_code_and_a_link_find_member_referral_and_order(app: TestApp) {
    let referred = app.referred().await;
    app.sell(&referred).await;
    app.leave_jobs();
    let dana = app.detroit_admin().await;
    let admin = app.find(&app.detroit, "dana@example.com").await;
    let services = app.services(&app.detroit, admin.as_ref()).await;
    let link = format!("http://localhost:3000/events?utm_source=mail&ref={CODE}");
    for text in [CODE, &CODE.to_uppercase(), &link] {
        assert_eq!(members(&dana, text).await, ["Mia Stone"], "{text}");
        let filter = ReferralFilter {
            text: text.to_owned(),
            ..ReferralFilter::all(Program::Tenant)
        };
        let page = app::ports::AdminReferrals::page(&services, filter, Vec::new()).await;
        let rows = page.unwrap().unwrap().rows;
        assert_eq!(rows.len(), 1, "{text}");
        assert_eq!(rows[0].referrer, "Mia Stone");
    }
    let filter = OrderFilter {
        text: format!("http://localhost?ref={CODE}"),
        ..OrderFilter::all(Program::Tenant)
    };
    let page = AdminOrders::page(&services, filter, Vec::new()).await;
    let rows = page.unwrap().unwrap().rows;
    assert_eq!(rows.len(), 1, "the friend's, which the link brought");
    assert_eq!(rows[0].buyer.as_deref(), Some("Jane Doe"));
}

async fn a_platform_referrers_link_finds_referrer_referral_and_order(app: TestApp) {
    let platform = app.platform().await;
    let code = platform.jordan.code.as_str();
    for (session, email, code) in [
        ("cs_1", "zoe@example.com", Some(code)),
        ("cs_2", "office@range.example", None),
    ] {
        let session = subscription(session, &platform.pewpros, email, code);
        app.subscribe(&platform, session).await;
    }
    let pat = app.platform_admin(&app.detroit, "pat@example.com").await;
    let services = app.services(&app.detroit, Some(&pat)).await;
    for text in [
        code,
        &format!("https://pewpros.localhost/pricing?ref={code}"),
    ] {
        let filter = ReferralFilter {
            text: text.to_owned(),
            ..ReferralFilter::all(Program::Platform)
        };
        let page = app::ports::AdminReferrals::page(&services, filter, Vec::new()).await;
        assert_eq!(page.unwrap().unwrap().rows.len(), 1, "{text}");
        let filter = OrderFilter {
            text: text.to_owned(),
            ..OrderFilter::all(Program::Platform)
        };
        let page = AdminOrders::page(&services, filter, Vec::new()).await;
        let rows = page.unwrap().unwrap().rows;
        assert_eq!(rows.len(), 1, "{text}");
        assert_eq!(rows[0].buyer.as_deref(), Some("zoe@example.com"));
    }
}

/// Words that were written before spellings were folded.
async fn rows_of_before_are_found(app: TestApp) {
    app.member(&app.detroit, "Jane", "one@example.com").await;
    rename(&app, "one@example.com", "Sinéad", "O\u{2019}Brien").await;
    let db = app.state.db.writer();
    for change in [
        "DELETE FROM search_words",
        "INSERT INTO search_words SELECT 'member', site_id, 'o\u{2019}brien', id FROM users",
        "INSERT INTO search_words SELECT 'member', site_id, 'sinéad', id FROM users",
    ] {
        db.execute_unprepared(change).await.unwrap();
    }
    let scope = Scope::Site(app.detroit.id());
    let found = async |text: &str| {
        let found = search_words::find(db, Subject::Member, scope, &beginnings(text)).await;
        found.unwrap().ids.len()
    };
    assert_eq!(found("Sinead O'Brien").await, 0);
    respellings::go_on(&app.state).await.unwrap();
    assert_eq!(found("Sinead O'Brien").await, 1);
    let row = "SELECT done_to FROM respellings WHERE subject = 'member' AND done_to > 0";
    let row = sea_orm::Statement::from_string(db.get_database_backend(), row);
    assert!(db.query_one_raw(row).await.unwrap().is_some(), "read once");
}
