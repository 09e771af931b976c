//! The kept counters equal a recount, whatever happens to referrals.

use std::collections::BTreeMap;

use domain::{
    credit::Program,
    money::{Currency, Money},
    purchase::ProductKind,
    referral::{FailureReason, ReferralStatus},
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use store::{
    Id, ReferralId, SiteId, credit_retries, credits,
    entities::{platform_referral, purchase, referral, referral_count},
    referral_outcomes,
    referral_table::Listed,
    referrals,
};

use super::data::{DAY_MS, New};
use crate::support::{TestApp, moment, on_both_databases};

on_both_databases!(
    counters_equal_a_recount_after_random_histories,
    the_product_itself_keeps_them_right,
);

/// From program, site, day, status, kind and currency to the number of referrals and their cents.
type Counts = BTreeMap<(String, SiteId, i64, String, String, String), (i64, i64)>;

/// Numbers that look random and are the same in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

async fn kept(app: &TestApp) -> Counts {
    let rows = referral_count::Entity::find()
        .all(app.state.db.reader())
        .await;
    rows.unwrap()
        .into_iter()
        .filter(|row| (row.referrals, row.credit_cents) != (0, 0))
        .map(|row| {
            let key = (
                row.program,
                row.site_id,
                row.day,
                row.status,
                row.kind,
                row.currency,
            );
            (key, (row.referrals, row.credit_cents))
        })
        .collect()
}

async fn recounted(app: &TestApp) -> Counts {
    let db = app.state.db.reader();
    let mut counts = Counts::new();
    for row in referral::Entity::find().all(db).await.unwrap() {
        add::<referral::Entity>(&mut counts, row.site_id, &row);
    }
    for row in platform_referral::Entity::find().all(db).await.unwrap() {
        add::<platform_referral::Entity>(&mut counts, Id::new(0), &row);
    }
    counts
}

fn add<E: Listed>(counts: &mut Counts, site_id: SiteId, row: &E::Model) {
    let row = E::common(row);
    let key = (
        E::PROGRAM.code().to_owned(),
        site_id,
        row.created_at.millis() / DAY_MS,
        row.status.code().to_owned(),
        row.kind.unwrap_or_default().to_owned(),
        row.currency.map_or("", Currency::code).to_owned(),
    );
    let counter = counts.entry(key).or_default();
    counter.0 += 1;
    counter.1 += row.credit_cents.unwrap_or(0);
}

/// Lets something happen to one of these referrals, through the product's own queries.
async fn happen(app: &TestApp, dice: &mut Dice, ids: &[ReferralId]) {
    let db = app.state.db.writer();
    let id = ids[dice.roll(ids.len() as u64) as usize];
    let Some(row) = referral::Entity::find_by_id(id).one(db).await.unwrap() else {
        return;
    };
    let currency = Currency::ALL[dice.roll(4) as usize];
    let amount = Money::new(dice.roll(5000) as i64, currency);
    match dice.roll(5) {
        0 => referral_outcomes::set_credited::<referral::Entity>(db, id, amount, moment(1))
            .await
            .unwrap(),
        1 => {
            let reason = FailureReason::Unreachable;
            referral_outcomes::set_failed::<referral::Entity>(db, id, &reason)
                .await
                .unwrap();
        }
        2 => {
            let sale = purchase::Entity::find().one(db).await.unwrap().unwrap();
            let kinds = [
                ProductKind::Course,
                ProductKind::Membership,
                ProductKind::ShopItem,
            ];
            let sale = purchase::Model {
                kind: kinds[dice.roll(3) as usize].into(),
                ..sale
            };
            referrals::set_purchase(db, id, &sale).await.unwrap();
        }
        3 => {
            let mut row = row.into_active_model();
            row.status = Set(ReferralStatus::Pending.into());
            row.update(db).await.unwrap();
        }
        _ if dice.roll(6) == 0 => {
            referral::Entity::delete_by_id(id).exec(db).await.unwrap();
        }
        _ => {}
    }
}

async fn counters_equal_a_recount_after_random_histories(app: TestApp) {
    let referred = app.referred().await;
    app.sell(&referred).await;
    let platform_referrer = app.platform_referrer("Pia", "pia@example.com").await.id;
    let histories = (1..=3_u64).map(|seed| {
        let app = &app;
        async move {
            let mut dice = Dice(seed);
            let site = if seed == 1 {
                &app.coaching
            } else {
                &app.detroit
            };
            let news: Vec<_> = (0..20)
                .map(|_| New::pending(dice.roll(9) as i64 * DAY_MS))
                .collect();
            let ids = app.many(site, &news).await;
            for turn in 0..100 {
                happen(app, &mut dice, &ids).await;
                if turn % 20 == 0 {
                    let new = New::varied(dice.roll(50) as usize, &["annual", "monthly", "weekly"]);
                    app.subscribed(platform_referrer, "c@example.com", &new)
                        .await;
                }
            }
        }
    });
    // The histories run at once: they share days, so they add to the same counters.
    futures::future::join_all(histories).await;
    let kept = kept(&app).await;
    assert_eq!(kept, recounted(&app).await);
    let programs = [Program::Tenant, Program::Platform];
    for program in programs {
        assert!(
            kept.keys().any(|key| key.0 == program.code()),
            "{program:?}"
        );
    }
    assert!(kept.values().any(|(_, cents)| *cents > 0));
    app.run_jobs().await;
}

async fn the_product_itself_keeps_them_right(app: TestApp) {
    let referred = app.referred().await;
    assert_eq!(kept(&app).await, recounted(&app).await);
    services::operator::disconnect_stripe(&app.state, "detroit-arms")
        .await
        .unwrap();
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    assert_eq!(kept(&app).await, recounted(&app).await);
    let row = app.referral().await;
    assert_eq!(
        row.purchase_kind.as_deref(),
        Some(&ProductKind::EventTicket)
    );
    let credit = app.credits().await.remove(0);
    let db = app.state.db.writer();
    credit_retries::make_due::<referral::Entity>(db, &credit, row.id, moment(5), 0)
        .await
        .unwrap();
    assert_eq!(kept(&app).await, recounted(&app).await);
    let due = credits::by_id(db, credit.id).await.unwrap().unwrap();
    assert_eq!((due.state.code(), due.attempts), ("due", 0));
    let pending = referral::Entity::find().filter(referral::Column::Status.eq("pending"));
    assert_eq!(pending.all(db).await.unwrap().len(), 1);
}
