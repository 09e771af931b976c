//! Registration on the web.

use domain::{
    forms::RegistrationForm,
    referral::{Attribution, Ignored},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use services::{
    accounts::{ReferredBy, Registered, register},
    referrals::ReferralClick,
};
use store::{
    MemberId,
    entities::{referral, user},
    sites::Site,
};

use crate::support::{GOOD_FORM, PASSWORD, TestApp, on_both_databases};

on_both_databases!(
    a_friend_is_linked_and_signed_in,
    bad_fields_are_all_named_at_once,
    without_javascript_nothing_typed_is_lost,
    an_email_is_one_account_of_a_site,
    two_at_once_make_one_member,
    oneself_is_not_referred,
    a_bad_code_fails_nothing,
    a_registration_goes_where_it_was_going,
);

const CODE: &str = "ab3kx7mn";

/// The good form with another value in one field.
fn with<'a>(field: &str, value: &'a str) -> Vec<(&'static str, &'a str)> {
    let changed = GOOD_FORM.map(|(name, good)| (name, if name == field { value } else { good }));
    changed.to_vec()
}

async fn referrals_of(app: &TestApp, referrer: MemberId) -> Vec<referral::Model> {
    let rows = referral::Entity::find().filter(referral::Column::ReferrerId.eq(referrer));
    rows.all(app.state.db.reader()).await.unwrap()
}

async fn members(app: &TestApp, site: &Site) -> u64 {
    let rows = user::Entity::find().filter(user::Column::SiteId.eq(site.id()));
    rows.count(app.state.db.reader()).await.unwrap()
}

async fn a_friend_is_linked_and_signed_in(app: TestApp) {
    let mia = app.referrer(&app.detroit, "mia@example.com", CODE).await;
    let friend = app.browser();
    friend.get(&format!("/events?ref={CODE}")).await;
    assert_eq!(friend.go("register", &GOOD_FORM).await, "/dashboard");

    let jane = app.find(&app.detroit, "jane@example.com").await.unwrap();
    assert_eq!(jane.referred_by_user_id, Some(mia.id));
    assert_eq!(
        jane.referral_code, None,
        "made at the first click, not before"
    );
    let referrals = referrals_of(&app, mia.id).await;
    assert_eq!(referrals.len(), 1);
    assert_eq!(
        (referrals[0].referred_id, referrals[0].status.code()),
        (jane.id, "pending")
    );

    assert!(
        friend
            .get("/dashboard")
            .await
            .text
            .contains("jane@example.com")
    );
    friend
        .go("register", &with("email", "second@example.com"))
        .await;
    let second = app.find(&app.detroit, "second@example.com").await.unwrap();
    assert_eq!(
        second.referred_by_user_id, None,
        "the code has left the session"
    );
}

async fn bad_fields_are_all_named_at_once(app: TestApp) {
    let browser = app.browser();
    let all = browser.refused("register", &[]).await;
    let fields: Vec<_> = all
        .fields
        .iter()
        .map(|error| error.field.as_str())
        .collect();
    assert_eq!(
        fields,
        [
            "first_name",
            "last_name",
            "email",
            "date_of_birth",
            "password"
        ]
    );

    let long = "x".repeat(10_240);
    for (field, value) in [
        ("first_name", long.as_str()),
        ("last_name", &long),
        ("first_name", "a\0b"),
        ("email", "jane"),
        ("email", "jane@example.com\0"),
        ("date_of_birth", ""),
        ("date_of_birth", "2999-01-01"),
        ("date_of_birth", "1990-02-30"),
        ("password", "short"),
    ] {
        let refusal = browser.refused("register", &with(field, value)).await;
        assert!(refusal.about(field).is_some(), "{field}: {refusal:?}");
        assert_eq!(refusal.fields.len(), 1, "{field}: {refusal:?}");
        assert!(!refusal.typed.contains_key("password"));
    }
    assert_eq!(members(&app, &app.detroit).await, 0);
}

async fn without_javascript_nothing_typed_is_lost(app: TestApp) {
    let browser = app.browser();
    let mut form = with("first_name", "");
    form.push(("next", "/shop/range-bag?a=b"));
    let answer = browser.submit("register", &form).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    let back = answer.header("location");
    assert!(back.starts_with("/register?next="), "{back}");

    let page = browser.get(back).await;
    assert_eq!(
        page.header("cache-control"),
        "private, no-store, no-transform"
    );
    for shown in ["Enter your first name.", "jane@example.com", "1990-01-15"] {
        assert!(page.text.contains(shown), "{shown}");
    }
    assert!(!page.text.contains(PASSWORD));
    assert!(
        !browser
            .get(back)
            .await
            .text
            .contains("Enter your first name."),
        "shown once"
    );
}

async fn an_email_is_one_account_of_a_site(app: TestApp) {
    app.member(&app.detroit, "Mia", "jane@example.com").await;
    let browser = app.browser();
    let refusal = browser
        .refused("register", &with("email", "JANE@Example.com"))
        .await;
    assert!(
        refusal
            .about("email")
            .unwrap()
            .contains("already has an account")
    );
    let elsewhere = app.browser_at("coaching.localhost");
    assert_eq!(elsewhere.go("register", &GOOD_FORM).await, "/dashboard");
    assert_eq!(members(&app, &app.detroit).await, 1);
    assert_eq!(members(&app, &app.coaching).await, 1);
}

async fn two_at_once_make_one_member(app: TestApp) {
    let browsers: Vec<_> = (0..6).map(|_| app.browser()).collect();
    let calls = browsers
        .iter()
        .map(|browser| browser.fetch("register", &GOOD_FORM));
    let answers = futures::future::join_all(calls).await;
    let texts: Vec<_> = answers.iter().map(|page| page.text.as_str()).collect();
    assert!(answers.iter().all(|page| page.status == 200), "{texts:?}");
    let taken = texts
        .iter()
        .filter(|text| text.contains("already has an account"));
    assert_eq!(taken.count(), 5, "{texts:?}");
    assert_eq!(members(&app, &app.detroit).await, 1);
}

async fn oneself_is_not_referred(app: TestApp) {
    let mia = app
        .referrer(&app.detroit, "mia.stone@gmail.com", CODE)
        .await;
    for alias in ["miastone+2@gmail.com", "m.i.a.stone@googlemail.com"] {
        let browser = app.browser();
        browser.get(&format!("/?ref={CODE}")).await;
        browser.go("register", &with("email", alias)).await;
        let other = app.find(&app.detroit, alias).await.unwrap();
        assert_eq!(other.referred_by_user_id, None);
        let said = browser.get("/notifications").await.text;
        assert!(
            said.contains("use your own referral code"),
            "the answer says so"
        );
    }
    assert!(referrals_of(&app, mia.id).await.is_empty());
}

async fn a_bad_code_fails_nothing(app: TestApp) {
    app.referrer(&app.coaching, "mia@example.com", CODE).await;
    let form = |email: &str| RegistrationForm {
        email: email.into(),
        password: PASSWORD.into(),
        first_name: "Jane".into(),
        last_name: "Doe".into(),
        date_of_birth: "1990-01-15".into(),
    };
    let long = "a".repeat(600);
    let codes = [
        "ab3kx7m",
        "ab3kx7mnp",
        &long,
        "ünïcödé!",
        "ab3k\0x7m",
        "[b3kx7m]",
        CODE,
        "q9wm4t2k",
    ];
    for (number, code) in codes.into_iter().enumerate() {
        let form = form(&format!("jane{number}@example.com"));
        let registered = register(
            &app.state,
            &app.detroit,
            &form,
            ReferredBy {
                click: Some(&ReferralClick::typed(code)),
                words: "",
            },
        )
        .await
        .unwrap();
        let Registered::Member { user, attribution } = registered else {
            panic!("{code:?}")
        };
        assert_eq!(
            (user.referred_by_user_id, attribution),
            (None, Attribution::Ignored(Ignored::UnknownCode)),
            "{code:?}"
        );
    }
    for (email, code) in [("no1@example.com", None), ("no2@example.com", Some(" "))] {
        let click = code.map(ReferralClick::typed);
        let form = form(email);
        let referred_by = ReferredBy {
            click: click.as_ref(),
            words: "",
        };
        let registered = register(&app.state, &app.detroit, &form, referred_by)
            .await
            .unwrap();
        assert!(matches!(
            registered,
            Registered::Member {
                attribution: Attribution::None,
                ..
            }
        ));
    }
}

async fn a_registration_goes_where_it_was_going(app: TestApp) {
    for (number, (next, target)) in [
        ("/shop/range-bag?a=b", "/shop/range-bag?a=b"),
        ("", "/dashboard"),
        ("//evil.example", "/dashboard"),
        ("/\\evil.example", "/dashboard"),
        ("https://evil.example", "/dashboard"),
        ("/a\r\nSet-Cookie: b=c", "/dashboard"),
    ]
    .into_iter()
    .enumerate()
    {
        let email = format!("jane{number}@example.com");
        let mut form = with("email", &email);
        form.push(("next", next));
        let answer = app.browser().submit("register", &form).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("location")),
            (303, target),
            "{next:?}"
        );
    }
}
