//! The migrations run up, down and up again, on both databases.

use domain::search::beginnings;
use migration::{Migrator, MigratorTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Statement,
};
use services::respellings;
use store::{
    PurchaseId, Scope, SiteId, StripeAccountId,
    entities::{checkout_session, purchase, referral, session, site, user},
    search_words::{self, Subject},
    sites,
};
use time::Duration;

use crate::support::{TestApp, WEBHOOK_SECRET, moment, on_both_databases};

on_both_databases!(
    up_down_and_up_again,
    foreign_keys_are_kept,
    the_sessions_of_visitors_are_removed,
    sessions_of_before_end_and_admins_count_as_confirmed,
    buyers_of_before_are_found,
    rows_get_tokens_and_open_pages_their_rows,
    a_session_that_ended_was_last_sent_when_it_was_made,
    of_the_pages_of_two_accounts_the_newest_stays_open,
    addresses_of_before_get_their_keys,
    a_site_of_before_gets_a_canonical_host,
    a_tenant_of_before_goes_on_showing_the_documentation,
);

/// Reverts this migration and all later ones.
pub async fn down_to_before(app: &TestApp, name: &str) {
    let steps = Migrator::migrations();
    let kept = steps.iter().position(|step| step.name() == name);
    let down = u32::try_from(steps.len() - kept.unwrap()).unwrap();
    let db = app.state.db.writer();
    Migrator::down(db, Some(down)).await.unwrap();
}

async fn up_down_and_up_again(app: TestApp) {
    let db = app.state.db.writer();
    Migrator::down(db, None).await.unwrap();
    let gone = db.execute_unprepared("SELECT * FROM sites").await;
    assert!(gone.is_err(), "down left a table behind");
    Migrator::up(db, None).await.unwrap();
    db.execute_unprepared("SELECT * FROM credits")
        .await
        .unwrap();
    assert!(
        Migrator::get_pending_migrations(db)
            .await
            .unwrap()
            .is_empty()
    );
}

async fn foreign_keys_are_kept(app: TestApp) {
    let db = app.state.db.writer();
    let orphan =
        "INSERT INTO notifications (site_id, user_id, text, created_at) VALUES (999, 999, 'x', 0)";
    assert!(db.execute_unprepared(orphan).await.is_err());
    let referenced = "DELETE FROM sites";
    assert!(db.execute_unprepared(referenced).await.is_err());
}

async fn the_sessions_of_visitors_are_removed(app: TestApp) {
    let db = app.state.db.writer();
    down_to_before(&app, "m20261127_000017_visitors").await;
    for (id, data) in [
        ("member", r#"{"member":7}"#),
        ("both", r#"{"done":"Saved.","member":8}"#),
        ("link", r#"{"referral_code":"ab3kx7mn"}"#),
        ("form", r#"{"refused":{"typed":{"email":"\"member\":1"}}}"#),
        ("nothing", "{}"),
    ] {
        let insert = format!("INSERT INTO sessions VALUES ('{id}', '{data}', 4000000000000)");
        db.execute_unprepared(&insert).await.unwrap();
    }
    Migrator::up(db, Some(1)).await.unwrap();
    let select = "SELECT id_hash FROM sessions ORDER BY id_hash";
    let select = Statement::from_string(db.get_database_backend(), select);
    let rows = db.query_all_raw(select).await.unwrap();
    let left: Vec<String> = rows.iter().map(|row| row.try_get_by(0).unwrap()).collect();
    assert_eq!(left, ["both", "member"]);
    Migrator::up(db, None).await.unwrap();
}

/// Sessions from before do not say when they began. Whoever the command line made an admin is known.
async fn sessions_of_before_end_and_admins_count_as_confirmed(app: TestApp) {
    let db = app.state.db.writer();
    let dana = app.admin(&app.detroit, "dana@example.com").await;
    let pat = app.platform_admin(&app.detroit, "pat@example.com").await;
    let mia = app.member(&app.detroit, "Mia", "mia@example.com").await;
    down_to_before(&app, "m20261129_000034_confirmed").await;
    let insert = r#"INSERT INTO sessions VALUES ('mias', '{"member":1}', 4000000000000)"#;
    db.execute_unprepared(insert).await.unwrap();
    Migrator::up(db, None).await.unwrap();
    assert_eq!(session::Entity::find().count(db).await.unwrap(), 0);
    for (member, confirmed) in [(dana, true), (pat, true), (mia, false)] {
        let now = app.find(&app.detroit, &member.email).await.unwrap();
        assert_eq!(
            now.email_confirmed_at.is_some(),
            confirmed,
            "{}",
            member.email
        );
    }
}

/// SQL folds ASCII; the other addresses, and words with accents, are left to the program. Codes are
/// found at once.
async fn addresses_of_before_get_their_keys(app: TestApp) {
    let db = app.state.db.writer();
    app.referrer(&app.detroit, "mia@example.com", "ab3kx7mn")
        .await;
    app.member(&app.detroit, "Jane", "jane@example.com").await;
    down_to_before(&app, "m20261129_000035_spellings").await;
    for change in [
        "UPDATE users SET email = 'Jane@B\u{fc}cher.de', email_account = 'jane@b\u{fc}cher.de', \
         first_name = 'Sin\u{e9}ad' WHERE email = 'jane@example.com'",
        "DELETE FROM search_words",
    ] {
        db.execute_unprepared(change).await.unwrap();
    }
    Migrator::up(db, None).await.unwrap();
    let keys = async || {
        let members = user::Entity::find().order_by_asc(user::Column::Id);
        let members = members.all(db).await.unwrap();
        let keys = members.into_iter().map(|member| member.email_key);
        keys.collect::<Vec<_>>()
    };
    let found = async |typed: &str| {
        let scope = Scope::Site(app.detroit.id());
        let found = search_words::find(db, Subject::Member, scope, &beginnings(typed)).await;
        found.unwrap().ids.len()
    };
    let mias = Some("mia@example.com".to_owned());
    assert_eq!(keys().await, [mias.clone(), None]);
    assert_eq!(found("https://detroitarms.com?ref=ab3kx7mn").await, 1);
    let jane = app.find(&app.detroit, "JANE@b\u{fc}cher.de").await;
    assert!(jane.is_some(), "the exact spelling opens at once");
    respellings::go_on(&app.state).await.unwrap();
    let janes = Some("jane@xn--bcher-kva.de".to_owned());
    assert_eq!(keys().await, [mias, janes]);
    assert_eq!(found("sinead").await, 1);
}

/// Subscriptions from before the migration: one whose address was not known, too.
async fn buyers_of_before_are_found(app: TestApp) {
    let platform = app.platform().await;
    let db = app.state.db.writer();
    down_to_before(&app, "m20261128_000023_orders").await;
    let brand = platform.pewpros.id();
    for (session, email) in [
        ("cs_1", "'Office@Range.example'"),
        ("cs_2", "NULL"),
        ("cs_3", "'nobody'"),
    ] {
        let row = format!(
            "INSERT INTO platform_purchases (site_id, plan, currency, customer_email, state, \
             stripe_account_id, checkout_session_id, credit_check, created_at) \
             SELECT {brand}, 'annual', 'usd', {email}, 'paid', stripe_account_id, '{session}', 'done', 7 \
             FROM platform_settings"
        );
        db.execute_unprepared(&row).await.unwrap();
    }
    Migrator::up(db, None).await.unwrap();
    let purchases = app.platform_purchases().await;
    for (typed, session) in [
        ("office", Some("cs_1")),
        ("office@range.example", Some("cs_1")),
        ("nobody", Some("cs_3")),
        ("range", None),
    ] {
        let (subject, scope) = (Subject::PlatformBuyer, Scope::Platform);
        let found = search_words::find(db, subject, scope, &beginnings(typed)).await;
        let mut expected = purchases.iter();
        let expected = expected.find(|row| Some(row.checkout_session_id.as_str()) == session);
        let expected: Vec<_> = expected.map(|row| row.id.get()).into_iter().collect();
        assert_eq!(found.unwrap().ids, expected, "{typed}");
    }
}

/// A database from before the migration: a membership's page is open, a ticket's request got no
/// answer, and an account went live in its row after a sale in test mode.
async fn rows_get_tokens_and_open_pages_their_rows(app: TestApp) {
    let referred = app.referred().await;
    let account = app.account().await;
    let db = app.state.db.writer();
    down_to_before(&app, "m20261127_000013_tokens").await;
    let (site, jane, ticket) = (app.detroit.id(), referred.jane.id, referred.ticket.id);
    for (kind, session, state) in [
        ("membership", "'cs_live_1'", "open"),
        ("membership", "'cs_live_2'", "open"),
        ("event_ticket", "NULL", "open"),
        ("event_ticket", "'cs_test_3'", "paid"),
    ] {
        let row = format!(
            "INSERT INTO purchases (site_id, buyer_id, product_id, product_name, kind, price_cents, \
             currency, state, in_person, stripe_account_id, checkout_session_id, credit_check, \
             created_at) VALUES ({site}, {jane}, {ticket}, 'It', '{kind}', 3900, 'usd', '{state}', \
             FALSE, {account}, {session}, 'none', 7)"
        );
        db.execute_unprepared(&row).await.unwrap();
    }
    db.execute_unprepared("UPDATE stripe_accounts SET livemode = TRUE")
        .await
        .unwrap();
    Migrator::up(db, None).await.unwrap();

    let members = user::Entity::find().all(db).await.unwrap();
    let mut tokens: Vec<_> = members.into_iter().map(|row| row.token).collect();
    tokens.extend(
        referral::Entity::find()
            .all(db)
            .await
            .unwrap()
            .into_iter()
            .map(|row| row.token),
    );
    assert!(tokens.iter().all(|token| token.len() == 32), "{tokens:?}");
    let many = tokens.len();
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), many);

    let rows = checkout_session::Entity::find().order_by_asc(checkout_session::Column::Id);
    let rows = rows.all(db).await.unwrap();
    let told: Vec<_> = rows
        .iter()
        .map(|row| (row.state.code(), row.session_id.as_deref(), row.livemode))
        .collect();
    let expected = [
        ("open", Some("cs_live_1"), true),
        ("open", Some("cs_live_2"), true),
        ("requested", None, true),
    ];
    assert_eq!(told, expected);
    let whose = format!("member {jane}: memberships");
    let held: Vec<_> = rows.iter().map(|row| row.open_for.as_deref()).collect();
    assert_eq!(held, [None, Some(whose.as_str()), None], "the newest page");
    const DAY_AND_HOUR: Duration = Duration::hours(25);
    assert!(
        rows.iter()
            .all(|row| row.last_sent_at == row.created_at + DAY_AND_HOUR),
        "they may have been sent again until then"
    );
    let purchases = purchase::Entity::find().order_by_asc(purchase::Column::Id);
    let purchases = purchases.all(db).await.unwrap();
    let modes: Vec<_> = purchases.iter().map(|row| row.livemode).collect();
    assert_eq!(modes, [Some(true), Some(true), Some(true), Some(false)]);
}

async fn a_session_that_ended_was_last_sent_when_it_was_made(app: TestApp) {
    let referred = app.referred().await;
    let purchase = app.open_purchase(&referred, "cs_1").await;
    let (site, account) = (app.detroit.id(), app.account().await);
    let db = app.state.db.writer();
    down_to_before(&app, "m20261127_000019_sent_sessions").await;
    for (token, state) in [
        ("a", "requested"),
        ("b", "open"),
        ("c", "expired"),
        ("d", "complete"),
    ] {
        db.execute_unprepared(&session_row(
            site,
            purchase.id,
            account,
            token,
            state,
            "NULL",
        ))
        .await
        .unwrap();
    }
    Migrator::up(db, None).await.unwrap();
    let rows = sessions_by_token(&app).await;
    let sent = |token: &str| {
        rows.iter()
            .find(|row| row.token == token)
            .unwrap()
            .last_sent_at
    };
    const DAY_AND_HOUR: Duration = Duration::hours(25);
    assert_eq!(
        (sent("a"), sent("b")),
        (moment(7) + DAY_AND_HOUR, moment(7) + DAY_AND_HOUR)
    );
    assert_eq!((sent("c"), sent("d")), (moment(7), moment(7)));
}

async fn of_the_pages_of_two_accounts_the_newest_stays_open(app: TestApp) {
    let referred = app.referred().await;
    let purchase = app.open_purchase(&referred, "cs_1").await;
    let (site, account) = (app.detroit.id(), app.account().await);
    let detroit = app.detroit.clone();
    app.connect_stripe(&detroit, "sk_test_chicago", WEBHOOK_SECRET)
        .await;
    let other = app.account().await;
    let db = app.state.db.writer();
    for (token, account, whose) in [
        ("a", account, "'member 1: memberships'"),
        ("b", other, "'member 1: memberships'"),
        ("c", account, "'member 2: memberships'"),
    ] {
        db.execute_unprepared(&session_row(
            site,
            purchase.id,
            account,
            token,
            "open",
            whose,
        ))
        .await
        .unwrap();
    }
    let twice = session_row(
        site,
        purchase.id,
        other,
        "d",
        "open",
        "'member 1: memberships'",
    );
    assert!(
        db.execute_unprepared(&twice).await.is_err(),
        "two at one account"
    );
    down_to_before(&app, "m20261127_000020_open_pages").await;
    Migrator::up(db, None).await.unwrap();
    let rows = sessions_by_token(&app).await;
    let whose: Vec<_> = rows.iter().map(|row| row.open_for.is_some()).collect();
    assert_eq!(whose, [false, true, true]);
}

fn session_row(
    site: SiteId,
    purchase: PurchaseId,
    account: StripeAccountId,
    token: &str,
    state: &str,
    open_for: &str,
) -> String {
    format!(
        "INSERT INTO checkout_sessions (token, program, site_id, purchase_id, stripe_account_id, \
         livemode, state, open_for, created_at) VALUES ('{token}', 'tenant', {site}, {purchase}, \
         {account}, FALSE, '{state}', {open_for}, 7)"
    )
}

async fn sessions_by_token(app: &TestApp) -> Vec<checkout_session::Model> {
    let rows = checkout_session::Entity::find().order_by_asc(checkout_session::Column::Token);
    let rows = rows.filter(checkout_session::Column::CreatedAt.eq(7));
    rows.all(app.state.db.writer()).await.unwrap()
}

/// Its first by name. The version before adds sites and hosts without knowing of it.
async fn a_site_of_before_gets_a_canonical_host(app: TestApp) {
    let db = app.state.db.writer();
    down_to_before(&app, "m20261129_000041_site_profiles").await;
    let insert = |host: &str, site: SiteId| {
        format!("INSERT INTO site_hosts (host, site_id) VALUES ('{host}', {site})")
    };
    let of_before = insert("arms.localhost", app.detroit.id());
    db.execute_unprepared(&of_before).await.unwrap();
    Migrator::up(db, None).await.unwrap();
    let of_before = insert("aaa.localhost", app.detroit.id());
    db.execute_unprepared(&of_before).await.unwrap();
    for (site, host) in [
        (&app.detroit, "arms.localhost"),
        (&app.coaching, "coaching.localhost"),
    ] {
        let canonical = sites::host_of(db, site.id()).await.unwrap();
        assert_eq!(canonical.as_deref(), Some(host));
        let now = sites::by_id(db, site.id()).await.unwrap().unwrap();
        // One of before goes on showing the API's documentation.
        let as_before = site::Model {
            api_docs: true,
            ..site.row.clone()
        };
        assert_eq!(now.row, as_before, "in UTC");
    }
}

async fn a_tenant_of_before_goes_on_showing_the_documentation(app: TestApp) {
    let db = app.state.db.writer();
    let is_shown = async || {
        let site = sites::by_key(db, "detroit-arms").await.unwrap();
        site.unwrap().row.api_docs
    };
    assert!(!is_shown().await, "a new one does not show it");
    down_to_before(&app, "m20261130_000049_api_docs").await;
    Migrator::up(db, None).await.unwrap();
    assert!(is_shown().await);
}
