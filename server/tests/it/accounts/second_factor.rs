//! The second factor: set up, asked for after the password, used once, and turned off.

use std::time::Duration;

use serde_json::json;
use services::operator::admins::{self, Promotion, StaffRole};
use store::second_factors;

use crate::support::{Browser, PASSWORD, TestApp, authenticator::Authenticator, on_both_databases};

on_both_databases!(
    with mail:
    a_code_is_asked_for_after_the_password,
    a_code_works_once,
    a_recovery_code_works_once,
    it_is_on_only_once_a_code_was_right,
    setting_it_up_needs_the_password,
    what_was_begun_ends_after_half_an_hour,
    turning_it_off_needs_the_password_and_a_code,
    a_reset_password_leaves_it_on,
    whoever_reads_the_mail_cannot_try_codes_without_an_end,
    few_codes_can_be_tried,
    the_code_must_follow_the_password_soon,
    a_changed_password_ends_a_sign_in_half_way,
    a_phone_sends_the_code_with_the_password,
    the_command_line_removes_it,
    a_site_can_require_it_of_its_admins,
);

const MIA: &str = "mia@example.com";
const LOGIN: &str = "/api/v1/auth/login";
const WRONG: &str = "This code is incorrect or was already used.";
const STEP: Duration = Duration::from_secs(30);

async fn mia(app: &TestApp) -> Browser {
    app.stop_our_clock();
    app.member(&app.detroit, "Mia", MIA).await;
    app.signed_in(MIA).await
}

/// Sets the second factor up in this browser.
async fn set_up(app: &TestApp, browser: &Browser) -> Authenticator {
    let begun = browser
        .go("begin_second_factor", &[("password", PASSWORD)])
        .await;
    assert_eq!(begun, "/account/second-factor");
    let authenticator = Authenticator::scan(&browser.get(&begun).await.text);
    let code = authenticator.code(app);
    let done = browser
        .done("confirm_second_factor", &[("code", &code)])
        .await;
    assert!(done.contains("is on"), "{done}");
    app.advance(STEP);
    authenticator
}

/// Types the password, and returns where that leads.
async fn password(browser: &Browser, email: &str) -> String {
    let form = [("email", email), ("password", PASSWORD)];
    browser.go("sign_in", &form).await
}

/// Types a code; `None` if the member is in.
async fn complaint(browser: &Browser, code: &str) -> Option<String> {
    let page = browser.fetch("enter_code", &[("code", code)]).await.text;
    (!page.contains("/dashboard")).then_some(page)
}

async fn is_in(browser: &Browser) -> bool {
    browser.get("/account").await.status == 200
}

async fn a_code_is_asked_for_after_the_password(app: TestApp) {
    let mia = mia(&app).await;
    let authenticator = set_up(&app, &mia).await;
    assert!(mia.get("/account").await.text.contains("On since"));
    let elsewhere = app.browser();
    let form = [("email", MIA), ("password", PASSWORD), ("next", "/events")];
    let next = elsewhere.go("sign_in", &form).await;
    assert_eq!(next, "/sign-in/code?next=/events");
    assert!(!is_in(&elsewhere).await, "the password alone");
    let page = elsewhere.get(&next).await.text;
    assert!(page.contains("Enter your code"), "{page}");
    let wrong = complaint(&elsewhere, "000000").await.unwrap();
    assert!(wrong.contains(WRONG), "{wrong}");
    let code = authenticator.code(&app);
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    let form = [("code", spaced.as_str()), ("next", "/events")];
    assert_eq!(elsewhere.go("enter_code", &form).await, "/events");
    assert!(is_in(&elsewhere).await);
    // The page asks nobody who is in.
    let page = elsewhere.get("/sign-in/code").await.text;
    assert!(page.contains("Enter your password first"), "{page}");
    app.run_jobs().await;
    let mails = app.mailbox.mails();
    let told = |subject: &str| mails.iter().filter(|mail| mail.subject == subject).count();
    assert_eq!(told("Your account now has a second factor"), 1);
}

async fn a_code_works_once(app: TestApp) {
    let mia = mia(&app).await;
    let authenticator = set_up(&app, &mia).await;
    let code = authenticator.code(&app);
    let [one, other] = [app.browser(), app.browser()];
    password(&one, MIA).await;
    password(&other, MIA).await;
    assert_eq!(complaint(&one, &code).await, None);
    let again = complaint(&other, &code).await.unwrap();
    assert!(again.contains(WRONG), "{again}");
    app.advance(STEP);
    assert_eq!(complaint(&other, &authenticator.code(&app)).await, None);
    app.leave_jobs();
}

async fn a_recovery_code_works_once(app: TestApp) {
    let mia = mia(&app).await;
    let authenticator = set_up(&app, &mia).await;
    let [one, other] = [app.browser(), app.browser()];
    password(&one, MIA).await;
    password(&other, MIA).await;
    let code = authenticator.recovery_codes[3]
        .to_uppercase()
        .replace('-', " ");
    assert_eq!(complaint(&one, &code).await, None);
    let again = complaint(&other, &code).await.unwrap();
    assert!(again.contains(WRONG), "{again}");
    assert_eq!(
        complaint(&other, &authenticator.recovery_codes[4]).await,
        None
    );
    app.leave_jobs();
}

async fn it_is_on_only_once_a_code_was_right(app: TestApp) {
    let mia = mia(&app).await;
    mia.go("begin_second_factor", &[("password", PASSWORD)])
        .await;
    let refusal = mia
        .refused("confirm_second_factor", &[("code", "000000")])
        .await;
    assert_eq!(refusal.about("code"), Some(WRONG));
    assert_eq!(password(&app.browser(), MIA).await, "/dashboard");
}

async fn setting_it_up_needs_the_password(app: TestApp) {
    let mia = mia(&app).await;
    let wrong = [("password", "a guess!")];
    let refusal = mia.refused("begin_second_factor", &wrong).await;
    assert_eq!(
        refusal.about("password"),
        Some("This is not your password.")
    );
    let page = mia.get("/account/second-factor").await.text;
    assert!(page.contains("asks for your password first"), "{page}");
}

async fn what_was_begun_ends_after_half_an_hour(app: TestApp) {
    let mia = mia(&app).await;
    let begun = mia
        .go("begin_second_factor", &[("password", PASSWORD)])
        .await;
    let authenticator = Authenticator::scan(&mia.get(&begun).await.text);
    app.advance(STEP * 60);
    let code = authenticator.code(&app);
    let refusal = mia
        .refused("confirm_second_factor", &[("code", &code)])
        .await;
    assert_eq!(refusal.about("code"), Some(WRONG));
    services::jobs::sweep::round(&app.state).await.unwrap();
    let member = app.find(&app.detroit, MIA).await.unwrap();
    let left = second_factors::of(app.state.db.reader(), member.id).await;
    assert!(left.unwrap().is_none());
}

async fn turning_it_off_needs_the_password_and_a_code(app: TestApp) {
    let mia = mia(&app).await;
    let authenticator = set_up(&app, &mia).await;
    let code = authenticator.code(&app);
    let wrong = [("password", "a guess!"), ("code", code.as_str())];
    let refusal = mia.refused("remove_second_factor", &wrong).await;
    assert_eq!(
        refusal.about("password"),
        Some("This is not your password.")
    );
    let wrong = [("password", PASSWORD), ("code", "000000")];
    let refusal = mia.refused("remove_second_factor", &wrong).await;
    assert_eq!(refusal.about("code"), Some(WRONG));
    assert_ne!(password(&app.browser(), MIA).await, "/dashboard");
    let right = [("password", PASSWORD), ("code", code.as_str())];
    mia.done("remove_second_factor", &right).await;
    assert_eq!(password(&app.browser(), MIA).await, "/dashboard");
    app.leave_jobs();
}

const NEW_PASSWORD: &str = "walnut carousel 77 delta";

/// Resets the password by the link in a mail, in this browser.
async fn reset(app: &TestApp, browser: &Browser) {
    browser.fetch("forgot_password", &[("email", MIA)]).await;
    app.run_jobs().await;
    app.run_jobs().await;
    let mut mails = app.mailbox.mails();
    mails.retain(|mail| mail.subject == "Reset your password");
    let link = mails.pop().unwrap();
    let link = link.link("/reset-password?token=").unwrap();
    let token = link.split_once("token=").unwrap().1;
    let form = [("token", token), ("password", NEW_PASSWORD)];
    browser.done("reset_password", &form).await;
    app.run_jobs().await;
}

async fn a_reset_password_leaves_it_on(app: TestApp) {
    let mia = mia(&app).await;
    let authenticator = set_up(&app, &mia).await;
    let elsewhere = app.browser();
    reset(&app, &elsewhere).await;
    let form = [("email", MIA), ("password", NEW_PASSWORD)];
    assert_eq!(elsewhere.go("sign_in", &form).await, "/sign-in/code");
    assert_eq!(complaint(&elsewhere, &authenticator.code(&app)).await, None);
    app.leave_jobs();
}

/// Each reset gives the browser back that could be known: it must not be, before the code.
async fn whoever_reads_the_mail_cannot_try_codes_without_an_end(app: TestApp) {
    let mia = mia(&app).await;
    set_up(&app, &mia).await;
    let mut looked_at = 0;
    for _ in 0..3 {
        let reader = app.browser();
        reset(&app, &reader).await;
        let form = [("email", MIA), ("password", NEW_PASSWORD)];
        reader.go("sign_in", &form).await;
        for _ in 0..5 {
            let answer = complaint(&reader, "000000").await.unwrap();
            looked_at += u32::from(answer.contains(WRONG));
        }
    }
    assert_eq!(looked_at, 5);
    app.leave_jobs();
}

async fn few_codes_can_be_tried(app: TestApp) {
    let mia = mia(&app).await;
    let authenticator = set_up(&app, &mia).await;
    let guesser = app.browser();
    password(&guesser, MIA).await;
    for _ in 0..5 {
        let wrong = complaint(&guesser, "000000").await.unwrap();
        assert!(wrong.contains(WRONG), "{wrong}");
    }
    let code = authenticator.code(&app);
    let limited = complaint(&guesser, &code).await.unwrap();
    assert!(limited.contains("Too many attempts"), "{limited}");
    // The browser in which Mia set it up is known.
    mia.submit("sign_out", &[]).await;
    password(&mia, MIA).await;
    assert_eq!(complaint(&mia, &code).await, None);
    app.leave_jobs();
}

async fn the_code_must_follow_the_password_soon(app: TestApp) {
    let mia = mia(&app).await;
    let authenticator = set_up(&app, &mia).await;
    let late = app.browser();
    password(&late, MIA).await;
    app.advance(STEP * 21);
    let form = [
        ("code", authenticator.code(&app)),
        ("next", "/events".to_owned()),
    ];
    let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_eq!(late.go("enter_code", &form).await, "/sign-in?next=/events");
    assert!(!is_in(&late).await);
    app.leave_jobs();
}

async fn a_changed_password_ends_a_sign_in_half_way(app: TestApp) {
    let mia = mia(&app).await;
    let authenticator = set_up(&app, &mia).await;
    let half_way = app.browser();
    password(&half_way, MIA).await;
    let form = [
        ("current", PASSWORD),
        ("password", "walnut carousel 77 delta"),
    ];
    mia.done("change_password", &form).await;
    let code = authenticator.code(&app);
    assert_eq!(
        half_way.go("enter_code", &[("code", &code)]).await,
        "/sign-in"
    );
    assert!(!is_in(&half_way).await);
    app.leave_jobs();
}

async fn a_phone_sends_the_code_with_the_password(app: TestApp) {
    let mia = mia(&app).await;
    let authenticator = set_up(&app, &mia).await;
    let mut credentials = json!({ "email": MIA, "password": PASSWORD });
    let asked = app.phone().post(LOGIN, &credentials).await;
    asked.assert_problem(401, "code-required");
    credentials["code"] = json!("000000");
    let wrong = app.phone().post(LOGIN, &credentials).await;
    wrong.assert_problem(401, "code-required");
    credentials["code"] = json!(authenticator.code(&app));
    let right = app.phone().post(LOGIN, &credentials).await;
    assert_eq!(right.status, 200, "{right:?}");
    // Who does not know the password learns nothing of it.
    credentials["password"] = json!("a guess!");
    let guess = app.phone().post(LOGIN, &credentials).await;
    guess.assert_problem(401, "wrong-credentials");
    app.leave_jobs();
}

async fn the_command_line_removes_it(app: TestApp) {
    let mia = mia(&app).await;
    set_up(&app, &mia).await;
    let reset = admins::reset(&app.state, "detroit-arms", MIA, PASSWORD);
    reset.await.unwrap();
    assert_eq!(password(&app.browser(), MIA).await, "/dashboard");
    // Whoever registered the address may have set one up, too.
    let again = app.signed_in(MIA).await;
    set_up(&app, &again).await;
    let promotion = Promotion {
        site: "detroit-arms",
        email: MIA,
        password: PASSWORD,
        platform: false,
        platform_only: false,
        role: StaffRole::Owner,
    };
    admins::promote(&app.state, &promotion).await.unwrap();
    assert_eq!(password(&app.browser(), MIA).await, "/dashboard");
    app.leave_jobs();
}

async fn a_site_can_require_it_of_its_admins(app: TestApp) {
    app.stop_our_clock();
    let dana = app.detroit_admin().await;
    app.admin(&app.detroit, "omar@example.com").await;
    let omar = app.signed_in("omar@example.com").await;
    let required = [("required", "on")];
    let refusal = dana.refused("require_second_factor", &required).await;
    assert!(refusal.message.unwrap().contains("your own account first"));
    set_up(&app, &dana).await;
    dana.done("require_second_factor", &required).await;
    assert_eq!(dana.get("/admin/members").await.status, 200);

    let led = omar.get("/admin/members").await;
    assert_eq!(led.header("location"), "/account");
    let account = omar.get("/account").await.text;
    assert!(account.contains("The console opens once"), "{account}");
    let form = [("required", "")];
    assert_eq!(omar.fetch("require_second_factor", &form).await.status, 403);
    set_up(&app, &omar).await;
    assert_eq!(omar.get("/admin/members").await.status, 200);

    dana.done("require_second_factor", &form).await;
    let log = dana.get("/admin/settings?tab=audit").await.text;
    assert!(log.contains("Second factor for the console"), "{log}");
    app.leave_jobs();
}
