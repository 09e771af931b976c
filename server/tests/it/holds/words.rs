//! What is read of a credit on hold: by the admin, the referrer, the app and a platform referrer.

use sea_orm::{ActiveModelTrait, Set};
use serde_json::Value;
use server_core::{dates, zone::Zone};
use store::{Timestamp, credits::holds, entities::site};

use super::{DAY, hold};
use crate::support::{TestApp, on_both_databases, subscription};

on_both_databases!(
    everybody_reads_until_when_it_is_on_hold,
    the_day_is_that_of_the_sites_zone,
    the_story_of_a_platform_referral_says_it_too,
);

async fn everybody_reads_until_when_it_is_on_hold(app: TestApp) {
    let referred = app.held(14).await;
    let end = app.only_credit_is_on_hold().await.held_until.unwrap();
    let words = format!("On hold until {}", dates::near_day(end, &Zone::utc()));
    let dana = app.detroit_admin().await;
    let fields = [("program", "tenant")];
    let page = dana.fetch("admin_referrals", &fields).await.text;
    let page: Value = serde_json::from_str(&page).unwrap();
    assert_eq!(page["rows"][0]["status"], "pending");
    assert_eq!(page["rows"][0]["reason"], words.as_str());
    let id = app.referral().await.id;
    let story = dana
        .get(&format!("/admin/referrals/tenant/{id}"))
        .await
        .text;
    assert!(story.contains(&words), "{story}");
    assert!(story.contains("On hold until") && !story.contains("Next attempt"));
    let member = dana
        .get(&format!("/admin/members/{}", referred.mia.id))
        .await;
    assert!(member.text.contains(&words), "{}", member.text);
    let settings = dana.get("/admin/settings?tab=rewards").await.text;
    assert!(
        settings.contains("1 credit is on hold, $10.00."),
        "{settings}"
    );

    let mia = app.signed_in("mia@example.com").await;
    let card = mia.get("/dashboard").await.text;
    assert!(card.contains(&words), "{card}");
    let phone = app.phone_of("mia@example.com").await;
    let mine = phone.get("/api/v1/me/referrals").await.json;
    assert_eq!(mine["data"][0]["status"], "pending");
    assert_eq!(mine["data"][0]["reason"], words.as_str());
    // It is not hers yet.
    let statement = mia.get("/credits").await.text;
    assert!(!statement.contains("$10.00"), "{statement}");
    // Once it is over, it does not say so any more.
    app.lose_jobs().await;
    app.advance(14 * DAY);
    let mia = app.signed_in("mia@example.com").await;
    let card = mia.get("/dashboard").await.text;
    assert!(card.contains("Your credit is on its way"), "{card}");
    app.issue().await;
    app.assert_credited_once(&referred.mia).await;
}

/// The hold ends at three in the morning in UTC, which is the day before in Detroit.
async fn the_day_is_that_of_the_sites_zone(app: TestApp) {
    app.held(14).await;
    let credit = app.only_credit_is_on_hold().await;
    let day = credit
        .held_until
        .unwrap()
        .moment()
        .replace_time(time::macros::time!(3:00));
    let end = Timestamp::from(day) + time::Duration::days(1);
    let db = app.state.db.writer();
    let moved = holds::hold_until(db, credit.id, end).await;
    moved.unwrap();
    let detroit = Zone::named("America/Detroit").unwrap();
    let site = site::ActiveModel {
        id: Set(app.detroit.id()),
        time_zone: Set(detroit.into()),
        ..Default::default()
    };
    site.update(db).await.unwrap();
    let before = dates::near_day(end - time::Duration::days(1), &Zone::utc());
    let mia = app.signed_in("mia@example.com").await;
    let card = mia.get("/dashboard").await.text;
    assert!(card.contains(&format!("On hold until {before}")), "{card}");
}

async fn the_story_of_a_platform_referral_says_it_too(app: TestApp) {
    let platform = app.platform().await;
    app.set_platform_terms(hold(30)).await;
    let code = Some(platform.jordan.code.as_str());
    let session = subscription("cs_1", &platform.pewpros, "kim@example.com", code);
    app.subscribe(&platform, session).await;
    app.platform_admin(&app.detroit, "pat@example.com").await;
    let pat = app.signed_in("pat@example.com").await;
    let id = app.platform_referral().await.id;
    let story = pat.get(&format!("/admin/referrals/platform/{id}")).await;
    assert!(story.text.contains("On hold until"), "{}", story.text);
}
