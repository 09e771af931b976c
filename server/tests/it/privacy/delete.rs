//! A member deletes the account (`docs/rules.md` 101 to 103).

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use store::{
    Scope,
    entities::{mail, notification, second_factor, security_entry, session},
    search_words::{self, Subject},
    users,
};

use super::{DELETED, delete};
use crate::support::{Browser, PASSWORD, TestApp, authenticator::Authenticator, on_both_databases};

on_both_databases!(
    with mail:
    nothing_tells_the_person_any_more,
    nobody_signs_in_from_then_on,
    it_needs_the_password_and_the_code,
    the_loss_of_credit_is_confirmed_by_its_amount,
    staff_give_up_their_rights_first,
    the_mail_confirms_it,
    the_address_is_free_again,
);

const MIA: &str = "mia@example.com";

async fn nothing_tells_the_person_any_more(app: TestApp) {
    let referred = app.referred().await;
    app.sell(&referred).await;
    app.run_jobs().await;
    app.settle().await;
    let undone = "UPDATE purchases SET undone_reason = 'Jane is ill'";
    let db = app.state.db.writer();
    db.execute_unprepared(undone).await.unwrap();
    users::set_referred_by_words(db, &referred.jane, "Mia from the range")
        .await
        .unwrap();
    let jane = app.signed_in("jane@example.com").await;
    assert_eq!(delete(&jane, 0).await, DELETED);
    app.run_jobs().await;
    let row = app.row_of(&referred.jane).await;
    assert!(row.deleted_at.is_some() && !row.deletion_due);
    assert_eq!((&*row.first_name, &*row.last_name), ("Deleted", "member"));
    assert!(row.email.starts_with("deleted-") && row.email.ends_with(".invalid"));
    assert_eq!(row.email_account, row.email);
    assert_eq!(row.date_of_birth.to_string(), "1900-01-01");
    assert_eq!((row.billing_email, row.referral_code), (None, None));
    assert_eq!(row.referred_by_words, None);
    // The ledger and its links stay.
    assert_eq!(app.referral().await.referred_id, referred.jane.id);
    let purchase = &app.purchases().await[0];
    assert_eq!(purchase.buyer_id, referred.jane.id);
    assert_eq!(purchase.undone_reason, None);
    assert_eq!(app.credits().await.len(), 1);
    // The tables that told something about her do not.
    let db = app.state.db.reader();
    let id = referred.jane.id;
    let notes = notification::Entity::find().filter(notification::Column::UserId.eq(id));
    assert!(notes.all(db).await.unwrap().is_empty());
    let mails = mail::Entity::find().filter(mail::Column::UserId.eq(id));
    assert!(mails.all(db).await.unwrap().is_empty());
    let sessions = session::Entity::find().filter(session::Column::UserId.eq(id));
    assert!(sessions.all(db).await.unwrap().is_empty());
    let factors = second_factor::Entity::find().filter(second_factor::Column::UserId.eq(id));
    assert!(factors.all(db).await.unwrap().is_empty());
    let log = security_entry::Entity::find().filter(security_entry::Column::UserId.eq(id));
    let log = log.all(db).await.unwrap();
    assert!(!log.is_empty());
    assert!(
        log.iter()
            .all(|row| row.network.is_empty() && row.device.is_empty())
    );
    for word in ["jane", "doe", "deleted"] {
        let scope = Scope::Site(app.detroit.id());
        let found = search_words::find(db, Subject::Member, scope, &[word.to_owned()]).await;
        assert!(found.unwrap().ids.is_empty(), "{word}");
    }
    // Her referrer sees that she left, and that the credit stays.
    let mia = app.signed_in(MIA).await;
    let dashboard = mia.get("/dashboard").await.text;
    assert!(dashboard.contains("Deleted member"), "{dashboard}");
    assert!(dashboard.contains("Credited") && !dashboard.contains("Jane"));
    app.assert_nothing_is_left().await;
}

async fn nobody_signs_in_from_then_on(app: TestApp) {
    let mia = app.member(&app.detroit, "Mia", MIA).await;
    let (one, other) = (app.signed_in(MIA).await, app.signed_in(MIA).await);
    let phone = app.phone_of(MIA).await;
    assert_eq!(delete(&one, 0).await, DELETED);
    let page = one.get(DELETED).await;
    assert_eq!(page.status, 200);
    assert!(
        page.text.contains("Your account is deleted"),
        "{}",
        page.text
    );
    // Before the job has run, too.
    for gone in [&one, &other] {
        let page = gone.get("/account").await;
        assert!(page.header("location").starts_with("/sign-in"));
    }
    assert_eq!(phone.get("/api/v1/me").await.status, 401);
    let typed = [("email", MIA), ("password", PASSWORD)];
    let visitor = app.browser();
    let refused = visitor.refused("sign_in", &typed).await;
    assert!(refused.message.is_some() || !refused.fields.is_empty());
    visitor.done("forgot_password", &[("email", MIA)]).await;
    app.run_jobs().await;
    app.run_jobs().await;
    let subjects: Vec<_> = app
        .mailbox
        .mails()
        .into_iter()
        .map(|mail| mail.subject)
        .collect();
    assert_eq!(subjects, ["Your account was deleted"]);
    // Nor with the placeholder.
    let placeholder = app.row_of(&mia).await.email;
    let typed = [("email", placeholder.as_str()), ("password", PASSWORD)];
    visitor.refused("sign_in", &typed).await;
}

async fn set_up(app: &TestApp, browser: &Browser) -> Authenticator {
    browser
        .go("begin_second_factor", &[("password", PASSWORD)])
        .await;
    let page = browser.get("/account/second-factor").await;
    let authenticator = Authenticator::scan(&page.text);
    let code = authenticator.code(app);
    browser
        .done("confirm_second_factor", &[("code", &code)])
        .await;
    authenticator
}

async fn it_needs_the_password_and_the_code(app: TestApp) {
    app.stop_our_clock();
    let mia = app.member(&app.detroit, "Mia", MIA).await;
    let browser = app.signed_in(MIA).await;
    let refused = browser
        .refused("delete_account", &[("password", "a guess")])
        .await;
    assert_eq!(
        refused.about("password"),
        Some("This is not your password.")
    );
    let authenticator = set_up(&app, &browser).await;
    let page = browser.get("/account/delete").await.text;
    assert!(page.contains("Code from the app"), "{page}");
    let password = ("password", PASSWORD);
    let refused = browser.refused("delete_account", &[password]).await;
    assert_eq!(
        refused.about("code"),
        Some("Enter the code from your authenticator app.")
    );
    let wrong = [password, ("code", "000000")];
    let refused = browser.refused("delete_account", &wrong).await;
    assert!(refused.about("code").unwrap().contains("incorrect"));
    assert_eq!(app.row_of(&mia).await.deletion_requested_at, None);
    app.advance(std::time::Duration::from_secs(60));
    let code = authenticator.code(&app);
    let right = [password, ("code", code.as_str())];
    assert_eq!(browser.go("delete_account", &right).await, DELETED);
    app.run_jobs().await;
    assert!(app.is_deleted(&mia).await);
}

async fn the_loss_of_credit_is_confirmed_by_its_amount(app: TestApp) {
    let referred = app.referred().await;
    app.give_balance(&referred.mia, "cus_mia", 1250).await;
    let browser = app.signed_in(MIA).await;
    let page = browser.get("/account/delete").await.text;
    assert!(page.contains("I will lose my credit of $12.50."), "{page}");
    let password = ("password", PASSWORD);
    for typed in ["", "0", "1249", "1251", "all of it"] {
        let form = [password, ("forfeit", typed)];
        let refused = browser.refused("delete_account", &form).await;
        let message = refused.about("forfeit").unwrap();
        assert!(message.contains("$12.50"), "{typed}: {message}");
    }
    // Without JavaScript, too.
    let page = browser.submit("delete_account", &[password]).await;
    assert_eq!(page.header("location"), "/account/delete");
    let page = browser.get("/account/delete").await.text;
    assert!(
        page.contains("Check this box: you will lose your credit of $12.50."),
        "{page}"
    );
    assert_eq!(delete(&browser, 1250).await, DELETED);
    app.run_jobs().await;
    assert!(app.is_deleted(&referred.mia).await);
}

async fn staff_give_up_their_rights_first(app: TestApp) {
    let dana = app.detroit_admin().await;
    let page = dana.get("/account/delete").await.text;
    assert!(
        page.contains("You are on the staff of this site."),
        "{page}"
    );
    let refused = dana
        .refused("delete_account", &[("password", PASSWORD)])
        .await;
    assert!(
        refused
            .message
            .unwrap()
            .starts_with("You are on the staff of this site.")
    );
    let row = app.find(&app.detroit, "dana@example.com").await.unwrap();
    assert_eq!(row.deletion_requested_at, None);
    app.run_jobs().await;
}

async fn the_mail_confirms_it(app: TestApp) {
    let mia = app.member(&app.detroit, "Mia", MIA).await;
    let browser = app.signed_in(MIA).await;
    delete(&browser, 0).await;
    app.run_jobs().await;
    app.run_jobs().await;
    let mails = app.mailbox.mails();
    let [mail] = &mails[..] else {
        panic!("{mails:?}");
    };
    assert_eq!(
        (&*mail.subject, &*mail.to[0]),
        ("Your account was deleted", MIA)
    );
    assert!(mail.text.contains("Detroit Arms"), "{}", mail.text);
    let rows = mail::Entity::find()
        .all(app.state.db.reader())
        .await
        .unwrap();
    assert!(
        rows.iter().all(|row| row.user_id.is_none()),
        "no way to {}",
        mia.id
    );
}

async fn the_address_is_free_again(app: TestApp) {
    let mia = app.member(&app.detroit, "Mia", MIA).await;
    let browser = app.signed_in(MIA).await;
    delete(&browser, 0).await;
    let form = [
        ("first_name", "Mia"),
        ("last_name", "Stone"),
        ("email", MIA),
        ("date_of_birth", "1985-04-12"),
        ("password", PASSWORD),
    ];
    let visitor = app.browser();
    visitor.refused("register", &form).await;
    app.run_jobs().await;
    assert!(app.is_deleted(&mia).await);
    visitor.go("register", &form).await;
    let anew = app.find(&app.detroit, MIA).await.unwrap();
    assert_ne!(anew.id, mia.id);
    app.run_jobs().await;
}
