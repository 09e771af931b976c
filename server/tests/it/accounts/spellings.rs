//! One address in several spellings is one account, a password opens from every keyboard, and a name
//! can be read (`docs/rules.md` 76 to 78).

use sea_orm::ConnectionTrait;
use serde_json::json;
use services::{operator::spellings, respellings};
use store::users;

use crate::support::{ApiResponse, CODE, GOOD_FORM, PASSWORD, TestApp, on_both_databases};

on_both_databases!(
    a_domain_is_one_in_every_spelling,
    nobody_refers_themselves_in_another_spelling,
    an_accent_of_its_own_is_no_mistake,
    guesses_in_other_spellings_count_together,
    a_password_opens_in_both_encodings,
    a_hash_of_before_opens_and_is_renewed,
    a_name_that_cannot_be_read_is_refused_everywhere,
    addresses_of_before_that_are_alike_stay_two_accounts,
    a_key_is_handed_on,
);

const REGISTER: &str = "/api/v1/auth/register";

/// Spellings of one address.
const MIAS: [&str; 5] = [
    "mia9@bücher.de",
    "mia9@xn--bcher-kva.de",
    "mia9@ｂücher.de",
    "MIA9@BÜCHER.de",
    "ｍｉａ9@bu\u{308}cher.de",
];

async fn register(app: &TestApp, email: &str, code: Option<&str>) -> ApiResponse {
    let body = json!({
        "email": email,
        "password": PASSWORD,
        "first_name": "Jane",
        "last_name": "Doe",
        "date_of_birth": "1990-01-15",
        "referral_code": code,
    });
    app.phone().post(REGISTER, &body).await
}

async fn signs_in(app: &TestApp, email: &str, password: &str) -> bool {
    let credentials = json!({ "email": email, "password": password });
    let answer = app.phone().post("/api/v1/auth/login", &credentials).await;
    match answer.status {
        200 => true,
        401 => false,
        _ => panic!("{answer:?}"),
    }
}

async fn a_domain_is_one_in_every_spelling(app: TestApp) {
    assert_eq!(register(&app, MIAS[0], None).await.status, 201);
    for email in MIAS {
        let answer = register(&app, email, None).await;
        answer.assert_problem(409, "email-taken");
        assert!(signs_in(&app, email, PASSWORD).await, "{email}");
    }
    let mia = app.find(&app.detroit, MIAS[2]).await.unwrap();
    assert_eq!(mia.email, MIAS[0], "as it was typed");
    assert_eq!(mia.email_key.as_deref(), Some("mia9@xn--bcher-kva.de"));
}

async fn nobody_refers_themselves_in_another_spelling(app: TestApp) {
    app.referrer(&app.detroit, MIAS[0], CODE).await;
    let answer = register(&app, "mia9+friend@xn--bcher-kva.de", Some(CODE)).await;
    assert_eq!(answer.status, 201);
    let own = json!({ "status": "ignored", "reason": "self_referral" });
    assert_eq!(answer.json["referral"], own);
}

async fn an_accent_of_its_own_is_no_mistake(app: TestApp) {
    let typed = "Rene\u{301}9@example.com";
    assert_eq!(register(&app, typed, None).await.status, 201);
    let answer = register(&app, "ren\u{e9}9@example.com", None).await;
    answer.assert_problem(409, "email-taken");
    assert!(signs_in(&app, "ren\u{e9}9@example.com", PASSWORD).await);
    let rene = app.find(&app.detroit, typed).await.unwrap();
    assert_eq!(rene.email, typed);
    // Without the accent it is somebody else's.
    assert_eq!(register(&app, "rene9@example.com", None).await.status, 201);
    let hidden = register(&app, "rene\u{200b}9@example.com", None).await;
    hidden.assert_problem(422, "invalid-fields");
    assert_eq!(hidden.fields(), ["email"]);
}

async fn guesses_in_other_spellings_count_together(app: TestApp) {
    app.member(&app.detroit, "Mia", MIAS[0]).await;
    app.stop_our_clock();
    let guesser = app.browser();
    let guess = async |email: &str| {
        let form = [("email", email), ("password", "a guess!")];
        let refusal = guesser.refused("sign_in", &form).await;
        refusal.message.unwrap().contains("Too many")
    };
    for email in MIAS {
        assert!(!guess(email).await, "{email}");
    }
    assert!(
        guess("mia9@BÜCHER.DE").await,
        "a sixth guess at one account"
    );
}

async fn a_password_opens_in_both_encodings(app: TestApp) {
    let (composed, decomposed) = ("Caf\u{e9}-range-2026", "Cafe\u{301}-range-2026");
    for (email, registered) in [
        ("one@example.com", composed),
        ("two@example.com", decomposed),
    ] {
        let form = GOOD_FORM.map(|(name, value)| match name {
            "email" => (name, email),
            "password" => (name, registered),
            _ => (name, value),
        });
        assert_eq!(app.browser().go("register", &form).await, "/dashboard");
        for typed in [composed, decomposed] {
            assert!(signs_in(&app, email, typed).await, "{typed:?}");
        }
        assert!(!signs_in(&app, email, "Cafe-range-2026").await);
    }
}

/// `Cafe\u{301}-range-2026`, as it was hashed before passwords were normalized.
const BEFORE: &str = "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$\
    KAMpKAiYXm34WiI/855LuOkSe17YBUuuFpE75QXP0Ag";

async fn a_hash_of_before_opens_and_is_renewed(app: TestApp) {
    let email = "rene@example.com";
    let rene = app.member(&app.detroit, "Rene", email).await;
    let db = app.state.db.writer();
    let renewed = users::renew_password_hash(db, &rene, BEFORE.to_owned());
    renewed.await.unwrap();
    let (composed, decomposed) = ("Caf\u{e9}-range-2026", "Cafe\u{301}-range-2026");
    let mut phone = app.phone();
    phone.token = Some(
        app.phone()
            .post(
                "/api/v1/auth/login",
                &json!({ "email": email, "password": decomposed }),
            )
            .await
            .text("token"),
    );
    let now = app.find(&app.detroit, email).await.unwrap();
    assert_ne!(now.password_hash, BEFORE);
    for typed in [composed, decomposed] {
        assert!(signs_in(&app, email, typed).await, "{typed:?}");
    }
    let me = phone.get("/api/v1/me").await;
    assert_eq!(me.status, 200, "nobody is signed out by it");
}

async fn a_name_that_cannot_be_read_is_refused_everywhere(app: TestApp) {
    let (register, browser) = ("register", app.browser());
    for (first, last) in [
        ("\u{200b}", "\u{3164}"),
        ("\u{2800}", "\u{2800}"),
        ("\u{ad}", "\u{2060}"),
        ("Ann\u{202e}eoD", "Doe"),
        ("\u{200e}", "\u{200f}"),
    ] {
        let form = GOOD_FORM.map(|(name, value)| match name {
            "first_name" => (name, first),
            "last_name" => (name, last),
            _ => (name, value),
        });
        let refusal = browser.refused(register, &form).await;
        assert!(refusal.about("first_name").is_some(), "{first:?}");
        assert_eq!(
            refusal.about("last_name").is_some(),
            last != "Doe",
            "{last:?}"
        );
    }
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    let mia = app.signed_in("mia@example.com").await;
    let form = [("first_name", "\u{200b}"), ("last_name", "Ann\u{202e}eoD")];
    let refusal = mia.refused("change_name", &form).await;
    assert_eq!(refusal.fields.len(), 2, "{refusal:?}");
    // A Persian name holds a non-joiner that is needed.
    let form = [("first_name", "علی\u{200c}رضا"), ("last_name", "Stone")];
    mia.done("change_name", &form).await;

    let dana = app.detroit_admin().await;
    for name in ["\u{200b}", "\u{3164}", "Match\u{202e}52$"] {
        let product = [("kind", "shop_item"), ("name", name), ("price", "500")];
        let refusal = dana.refused("save_product", &product).await;
        assert!(refusal.about("name").is_some(), "{name:?}: {refusal:?}");
    }
    app.platform_admin(&app.detroit, "pat@example.com").await;
    let pat = app.signed_in("pat@example.com").await;
    for name in ["\u{200b}", "Par\u{202e}ten"] {
        let form = [("name", name), ("email", "sky@example.com")];
        let refusal = pat.refused("add_referrer", &form).await;
        assert!(refusal.about("name").is_some(), "{name:?}: {refusal:?}");
    }
}

/// Two members whose addresses are spellings of one, as they could register before.
async fn two_alike(app: &TestApp) {
    app.member(&app.detroit, "Mia", "first@example.com").await;
    app.member(&app.detroit, "Max", "second@example.com").await;
    let db = app.state.db.writer();
    for (email, spelling) in [
        ("first@example.com", MIAS[0]),
        ("second@example.com", MIAS[1]),
    ] {
        db.execute_unprepared(&format!(
            "UPDATE users SET email = '{spelling}', email_account = '{spelling}', \
             email_key = NULL WHERE email = '{email}'"
        ))
        .await
        .unwrap();
    }
    respellings::go_on(&app.state).await.unwrap();
}

async fn addresses_of_before_that_are_alike_stay_two_accounts(app: TestApp) {
    two_alike(&app).await;
    for (email, first_name) in [
        (MIAS[0], "Mia"),
        (MIAS[1], "Max"),
        ("MIA9@bücher.DE", "Mia"),
    ] {
        assert!(signs_in(&app, email, PASSWORD).await, "{email}");
        let member = app.find(&app.detroit, email).await.unwrap();
        assert_eq!(member.first_name, first_name);
    }
    assert!(
        !signs_in(&app, MIAS[2], PASSWORD).await,
        "whose would it be?"
    );
    for email in MIAS {
        register(&app, email, None)
            .await
            .assert_problem(409, "email-taken");
    }
    let listed = spellings::alike(&app.state).await.unwrap();
    assert_eq!(
        listed,
        [format!(
            "detroit-arms: {} (Mia Stone), {} (Max Stone)",
            MIAS[0], MIAS[1]
        )]
    );
}

/// Whoever has the key gets another address: the other one's is not free for it.
async fn a_key_is_handed_on(app: TestApp) {
    two_alike(&app).await;
    let mia = app.find(&app.detroit, MIAS[0]).await.unwrap();
    assert!(mia.email_key.is_some() && !mia.email_alike);
    let new = domain::account::Email::parse("mia@example.com").unwrap();
    let tx = app.state.db.begin().await.unwrap();
    let changed = users::set_email(&tx, &mia, &new, app.state.now()).await;
    assert!(changed.unwrap().is_some());
    tx.commit().await.unwrap();
    register(&app, MIAS[2], None)
        .await
        .assert_problem(409, "email-taken");
    let max = app.find(&app.detroit, MIAS[2]).await.unwrap();
    assert_eq!((max.first_name.as_str(), max.email_alike), ("Max", false));
    assert!(spellings::alike(&app.state).await.unwrap().is_empty());
}
