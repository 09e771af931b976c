//! However many referrals there are, no page of the console reads them all. The query plans show
//! this on both databases. The times are printed (`--nocapture`), for a million rows with
//! `MANY_REFERRALS=1000000`.

use std::time::{Duration, Instant};

use app::ports::Ports;
use domain::{
    account::Email,
    credit::Program,
    referral::{Cursor, ReferralFilter, Sort},
    search::beginnings,
};
use migration::{Migrator, MigratorTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseBackend, QueryFilter, QueryResult, QueryTrait, Statement,
};
use server_core::zone::Zone;
use store::{
    Pool, Scope,
    entities::{platform_referral, referral, user},
    referral_counts,
    referral_days::Days,
    referral_table::{self, Begin, Listed, People, Slice, Which},
    search_words::{self, Subject},
    users,
};

use super::{
    console::{asked, shown},
    table::every_filter,
};
use crate::support::{TestApp, on_both_databases};

on_both_databases!(no_page_reads_all_rows);

const FEW: i64 = 1_000;
/// Members, or platform referrers, who referred somebody.
const REFERRERS: i64 = 20_000;
/// Ids up to here belong to the viewers.
const BASE: i64 = 100;

/// The number of referrals of each program: enough for plans that hold for any number, and quickly
/// written.
fn many() -> i64 {
    let asked_for = std::env::var("MANY_REFERRALS").ok();
    asked_for.map_or(100_000, |number| number.parse().unwrap())
}

async fn no_page_reads_all_rows(app: TestApp) {
    let (dana, pat) = (app.dana().await, app.pat().await);
    let many = many();
    let filling = Instant::now();
    fill(&app, 0, FEW).await;
    let few = [
        time(&dana, &ReferralFilter::all(Program::Tenant)).await,
        time(&pat, &ReferralFilter::all(Program::Platform)).await,
    ];
    fill(&app, FEW, many).await;
    let filled = filling.elapsed();
    let backend = app.state.db.writer().get_database_backend();
    for (ports, program, at_few) in [
        (&dana, Program::Tenant, few[0]),
        (&pat, Program::Platform, few[1]),
    ] {
        let all = ReferralFilter::all(program);
        let at_many = time(ports, &all).await;
        let cards = shown(ports, &all).await.cards;
        assert_eq!(cards.total, many as u64);
        assert_eq!(cards.pending + cards.credited + cards.failed, cards.total);
        let slowest = slowest(ports, program).await;
        let search = time(ports, &search_for(program)).await;
        eprintln!(
            "{backend:?}, {program:?}: cards and first page in {at_few:?} at {FEW} rows, \
             {at_many:?} at {many}; slowest of all filters {:?} ({:?}); searched {search:?}; \
             filled in {filled:?}",
            slowest.0,
            slowest.1.query(),
        );
    }
    plans::<referral::Entity>(&app, Scope::Site(app.detroit.id())).await;
    plans::<platform_referral::Entity>(&app, Scope::Platform).await;
    people_are_found_by_index(&app).await;
    assert_eq!(
        asked(&dana, Program::Tenant, "q=erin77").await.rows.len(),
        25
    );
}

fn search_for(program: Program) -> ReferralFilter {
    ReferralFilter {
        text: "erin77".to_owned(),
        ..ReferralFilter::all(program)
    }
}

/// How long the cards and a page take, once everything is cached.
async fn time(ports: &Ports, filter: &ReferralFilter) -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let begun = Instant::now();
        shown(ports, filter).await;
        best = best.min(begun.elapsed());
    }
    best
}

/// The slowest filter, from the start and from the middle of the table.
async fn slowest(ports: &Ports, program: Program) -> (Duration, ReferralFilter) {
    let mut slowest = (Duration::ZERO, ReferralFilter::all(program));
    for filter in every_filter(program) {
        for cursor in [None, Some(middle(filter.sort))] {
            let filter = ReferralFilter {
                cursor,
                ..filter.clone()
            };
            let begun = Instant::now();
            shown(ports, &filter).await;
            let took = begun.elapsed();
            if took > slowest.0 {
                slowest = (took, filter);
            }
        }
    }
    slowest
}

fn middle(sort: Sort) -> Cursor {
    Cursor {
        value: match sort {
            Sort::Date => began(many() / 2),
            Sort::Credit => 1000,
        },
        id: BASE + many() / 2,
        back: false,
    }
}

/// When the `number`th referral began: they spread evenly over three years up to the end of
/// November 2026.
fn began(number: i64) -> i64 {
    1_701_388_800_000 + number * 94_608
}

async fn plan(app: &TestApp, mut statement: Statement) -> Vec<String> {
    let db = app.state.db.writer();
    let (explain, column) = match db.get_database_backend() {
        DatabaseBackend::Postgres => ("EXPLAIN (COSTS OFF)", "QUERY PLAN"),
        _ => ("EXPLAIN QUERY PLAN", "detail"),
    };
    statement.sql = format!("{explain} {}", statement.sql);
    let rows = db.query_all_raw(statement).await.unwrap();
    let line = |row: QueryResult| row.try_get("", column).unwrap();
    rows.into_iter().map(line).collect()
}

/// Fails if a table or index is read from its beginning to its end.
fn assert_bounded(plan: &[String], of: &impl std::fmt::Debug) {
    for line in plan {
        let whole = line.contains("Seq Scan")
            || (line.starts_with("SCAN ")
                && !line.contains("USING INDEX")
                && !line.contains("SUBQUERY"));
        assert!(!whole, "{of:?}: {plan:#?}");
    }
}

async fn plans<E: Listed>(app: &TestApp, scope: Scope) {
    let backend = app.state.db.writer().get_database_backend();
    for filter in every_filter(E::PROGRAM) {
        let days = Days::of(&filter, &Zone::utc());
        let which = Which {
            scope,
            filter: &filter,
            days,
            people: None,
            few: false,
        };
        let whole = days.parts().whole.unwrap();
        let cards = backend.build(&referral_counts::query(E::PROGRAM, scope, &filter, whole));
        assert!(!cards.sql.contains("\"referrals\" WHERE"), "{}", cards.sql);
        let cards = plan(app, cards).await;
        let scans = cards.iter().any(|line| line.contains("SCAN"));
        assert!(!scans, "{cards:#?}");
        let detroit = Days::of(&filter, &Zone::named("America/Detroit").unwrap());
        for days in detroit.parts().rest.into_iter().flatten() {
            let sums = referral_table::sums::<E>(backend, &Which { days, ..which });
            let plan = plan(app, sums.build(backend)).await;
            assert_bounded(&plan, &filter);
            let within = plan[0].contains("created_at>? AND created_at<?");
            assert!(within || backend != DatabaseBackend::Sqlite, "{plan:#?}");
        }
        let value = middle(filter.sort).value;
        let begins = match filter.sort {
            Sort::Date => vec![Begin::First, Begin::Behind(value, BASE + 7)],
            Sort::Credit => vec![
                Begin::First,
                Begin::Within(value, BASE + 7),
                Begin::Beyond(value),
            ],
        };
        for begin in begins {
            let slice = Slice {
                sort: filter.sort,
                ascending: filter.ascending,
                begin,
                limit: 26,
            };
            let query = referral_table::select::<E>(backend, &which, slice);
            let plan = plan(app, query.build(backend)).await;
            assert_bounded(&plan, &filter);
            if backend == DatabaseBackend::Sqlite {
                let index = index_of(&filter);
                assert_eq!(plan.len(), 1, "nothing is sorted: {filter:?}: {plan:#?}");
                let line = format!("{} ", plan[0]);
                let ends = plan[0].contains(match (filter.sort, begin) {
                    (_, Begin::First) => "",
                    (Sort::Date, _) => "created_at",
                    (Sort::Credit, Begin::Within(..)) => "<expr>=? AND id",
                    (Sort::Credit, _) => "<expr>",
                });
                assert!(ends, "walks to its place: {filter:?}: {plan:#?}");
                assert!(line.contains(&index), "{filter:?}: {index}: {plan:#?}");
            }
        }
        let few = Which { few: true, ..which };
        let slice = Slice {
            sort: filter.sort,
            ascending: filter.ascending,
            begin: Begin::First,
            limit: 26,
        };
        if filter.from.is_some() || filter.to.is_some() {
            let query = referral_table::select::<E>(backend, &few, slice);
            let plan = plan(app, query.build(backend)).await;
            assert_bounded(&plan, &filter);
            if backend == DatabaseBackend::Sqlite {
                assert!(plan[0].contains("_date ("), "{filter:?}: {plan:#?}");
            }
        }
        let people = People {
            referrers: (BASE..BASE + 30).collect(),
            referred: (BASE..BASE + 30).collect(),
        };
        let which = Which {
            people: Some(&people),
            ..which
        };
        let query = referral_table::select::<E>(backend, &which, slice);
        assert_bounded(&plan(app, query.build(backend)).await, &filter);
        let sums = referral_table::sums::<E>(backend, &which);
        assert_bounded(&plan(app, sums.build(backend)).await, &filter);
    }
}

/// The one index that has the filter and the order.
fn index_of(filter: &ReferralFilter) -> String {
    let (table, kind) = match filter.program {
        Program::Tenant => ("referrals", "_kind"),
        Program::Platform => ("platform_referrals", "_plan"),
    };
    let status = filter.status.map_or("", |_| "_status");
    let kind = filter.kind.as_ref().map_or("", |_| kind);
    format!("INDEX ix_{table}{status}{kind}_{} ", filter.sort.code())
}

async fn people_are_found_by_index(app: &TestApp) {
    let db = app.state.db.writer();
    let backend = db.get_database_backend();
    let site_id = app.detroit.id();
    let ids = user::Column::Id.is_in(BASE..BASE + 50);
    let names = users::of(site_id).filter(ids).build(backend);
    assert_bounded(&plan(app, names).await, &"names");
    let email = Email::parse("m77@example.com").unwrap();
    let address = users::with_address(site_id, &email).build(backend);
    assert_bounded(&plan(app, address).await, &"an address");
    let alike = plan(app, users::all_without_key(site_id).build(backend)).await;
    let mut lines = alike.iter();
    let by_index = lines.any(|line| line.contains("ix_users_email_alike"));
    assert!(by_index, "{alike:#?}");
    for text in ["erin77", "erin number"] {
        let beginnings = beginnings(text);
        let query =
            search_words::query(Subject::Member, Scope::Site(site_id), &beginnings).unwrap();
        assert_bounded(&plan(app, query.build(backend)).await, &text);
    }
}

/// Writes the members, platform referrers and referrals from number `from` up to `to`. Foreign keys
/// and counters are switched off meanwhile; the migration then counts again what is there.
async fn fill(app: &TestApp, from: i64, to: i64) {
    let db = app.state.db.writer();
    while db
        .execute_unprepared("SELECT * FROM referral_counts")
        .await
        .is_ok()
    {
        Migrator::down(db, Some(1)).await.unwrap();
    }
    let statements = statements(app, from, to);
    match app.state.db.pool() {
        Pool::Sqlite(pool) => {
            let mut conn = pool.acquire().await.unwrap();
            run(&mut *conn, "PRAGMA foreign_keys = OFF").await;
            run(&mut *conn, "PRAGMA cache_size = -400000").await;
            run(&mut *conn, "BEGIN").await;
            for statement in &statements {
                run(&mut *conn, statement).await;
            }
            run(&mut *conn, "COMMIT").await;
            run(&mut *conn, "PRAGMA foreign_keys = ON").await;
        }
        Pool::Postgres(pool) => {
            let mut conn = pool.acquire().await.unwrap();
            run(&mut *conn, "SET session_replication_role = replica").await;
            for statement in &statements {
                run(&mut *conn, statement).await;
            }
            run(&mut *conn, "RESET session_replication_role").await;
            run(&mut *conn, "VACUUM ANALYZE").await;
        }
    }
    Migrator::up(db, None).await.unwrap();
}

async fn run<'c, D: sqlx::Database>(conn: impl sqlx::Executor<'c, Database = D>, statement: &str) {
    let statement = statement.to_owned();
    let done = sqlx::raw_sql(sqlx::AssertSqlSafe(statement.clone()))
        .execute(conn)
        .await;
    done.unwrap_or_else(|error| panic!("{statement}: {error}"));
}

fn statements(app: &TestApp, from: i64, to: i64) -> [String; 5] {
    let numbers = match app.state.db.pool() {
        Pool::Sqlite(_) => format!(
            "WITH RECURSIVE numbers (n) AS (SELECT {from} + 1 UNION ALL \
             SELECT n + 1 FROM numbers WHERE n < {to})"
        ),
        Pool::Postgres(_) => {
            format!("WITH numbers (n) AS (SELECT generate_series({from} + 1, {to}::bigint))")
        }
    };
    let site = app.detroit.id();
    let status = "CASE WHEN n % 20 = 0 THEN 'failed' WHEN n % 3 = 0 THEN 'credited' \
                  ELSE 'pending' END";
    let credit = |value: &str| format!("CASE WHEN n % 20 <> 0 AND n % 3 = 0 THEN {value} END");
    let (cents, currency) = (
        credit("CASE WHEN n % 2 = 0 THEN 1000 ELSE 2500 END"),
        credit("'usd'"),
    );
    // One kind has nearly all referrals, and one has hardly any.
    let kind = "CASE WHEN n % 5000 = 3 THEN 'membership' WHEN n % 7 = 0 THEN 'course' \
                WHEN n % 11 = 0 THEN 'shop_item' ELSE 'event_ticket' END";
    let plan = "CASE WHEN n % 5000 = 3 THEN 'annual' ELSE 'monthly' END";
    let created = format!("{} + n * 94608", began(0));
    let referrer = format!("{BASE} + n * 7919 % {REFERRERS} + 1");
    [
        format!(
            "INSERT INTO users (id, site_id, email, email_account, password_hash, first_name, \
             last_name, date_of_birth, role, stripe_customer_generation, created_at) {numbers} \
             SELECT {BASE} + n, {site}, 'm' || n || '@example.com', 'm' || n || '@example.com', \
             'x', 'Erin' || n, 'Number', '1985-04-12', 'member', 0, 0 FROM numbers \
             WHERE n <= {REFERRERS}"
        ),
        format!(
            "INSERT INTO search_words (subject, site_id, word, row_id) {numbers} \
             SELECT 'member', {site}, 'erin' || n, {BASE} + n FROM numbers WHERE n <= {REFERRERS} \
             UNION ALL \
             SELECT 'member', {site}, 'number', {BASE} + n FROM numbers WHERE n <= {REFERRERS} \
             UNION ALL \
             SELECT 'partner', 0, 'erin' || n, {BASE} + n FROM numbers WHERE n <= {REFERRERS}"
        ),
        format!(
            "INSERT INTO platform_referrers (id, name, email, email_account, code, \
             stripe_customer_generation, version, created_at) {numbers} \
             SELECT {BASE} + n, 'Partner', 'p' || n, 'p' || n, 'p' || n, 0, 1, 0 FROM numbers \
             WHERE n <= {REFERRERS}"
        ),
        format!(
            "INSERT INTO referrals (id, site_id, referrer_id, referred_id, status, purchase_kind, \
             credit_cents, currency, created_at) {numbers} \
             SELECT {BASE} + n, {site}, {referrer}, {BASE} + n, {status}, \
             CASE WHEN n % 20 = 0 OR n % 3 = 0 THEN {kind} END, {cents}, {currency}, {created} \
             FROM numbers"
        ),
        format!(
            "INSERT INTO platform_referrals (id, site_id, referrer_id, purchase_id, \
             customer_email, plan, status, credit_cents, currency, created_at) {numbers} \
             SELECT {BASE} + n, {site}, {referrer}, n, 'c' || n, {plan}, {status}, {cents}, \
             {currency}, {created} FROM numbers"
        ),
    ]
}
