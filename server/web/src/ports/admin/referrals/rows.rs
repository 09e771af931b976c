//! Rows of either program's referrals, as the table shows them.

use std::collections::HashMap;

use app::types::admin::ReferralRow;
use async_trait::async_trait;
use domain::{
    account::shown_address,
    credit::{CreditState, Program, may_retry},
    money::Money,
    purchase::{Plan, ProductKind},
    referral::{FailureReason, PendingReason, ReferralStatus, status_sentence},
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryTrait};
use server_core::{dates, zone::Zone};
use services::pending_referrals;
use store::{
    Id, PlatformReferrerId, Reader, Scope, Timestamp, audit_log, credit_retries,
    entities::{credit, platform_referral, platform_referrer, referral, user},
    referral_table::{Common, Listed, People},
    search_words::{self, Subject},
    users,
};

/// Somebody whom a row names.
#[derive(Clone, Default)]
pub struct Person {
    pub name: String,
    /// As people read it; `None` if the name is the address.
    pub email: Option<String>,
}

impl From<&user::Model> for Person {
    fn from(member: &user::Model) -> Self {
        Self {
            name: format!("{} {}", member.first_name, member.last_name),
            email: Some(shown_address(&member.email).to_owned()),
        }
    }
}

/// A table of referrals, with the people whom its rows name.
#[async_trait]
pub trait Shown: Listed {
    /// The people whose words begin with `beginnings`, and whether there are more of them.
    async fn people(
        db: &Reader,
        scope: Scope,
        beginnings: &[String],
    ) -> Result<(People, bool), DbErr>;

    /// For each row, the referrer and the referred person.
    async fn named(
        db: &Reader,
        scope: Scope,
        rows: &[Self::Model],
    ) -> Result<Vec<(Person, Person)>, DbErr>;

    /// Why the Pending ones of these rows are so, by their ids.
    async fn pending(
        db: &Reader,
        scope: Scope,
        rows: &[Self::Model],
        zone: &Zone,
        now: Timestamp,
    ) -> Result<HashMap<i64, PendingReason>, DbErr>;

    /// The row with this id, if it is in `scope`.
    async fn one(
        db: &Reader,
        scope: Scope,
        id: Id<Self::Row>,
    ) -> Result<Option<Self::Model>, DbErr> {
        let row = Self::find().filter(Self::ID.eq(id));
        let row = row.apply_if(Self::SITE, |rows, site| {
            rows.filter(site.eq(scope.site_id()))
        });
        row.one(db).await
    }

    /// The rows with these ids that are in `scope`.
    async fn some(
        db: &Reader,
        scope: Scope,
        ids: &[Id<Self::Row>],
    ) -> Result<Vec<Self::Model>, DbErr> {
        let rows = Self::find().filter(Self::ID.is_in(ids.iter().copied()));
        let rows = rows.apply_if(Self::SITE, |rows, site| {
            rows.filter(site.eq(scope.site_id()))
        });
        rows.all(db).await
    }

    /// The subject of the row in the audit log.
    async fn subject(db: &Reader, scope: Scope, row: &Self::Model) -> Result<String, DbErr> {
        let (_, referred) = Self::named_one(db, scope, row).await?;
        let id = Self::common(row).id;
        Ok(audit_log::referral_subject(id, &referred.name))
    }

    /// The referrer and the referred person of one row.
    async fn named_one(
        db: &Reader,
        scope: Scope,
        row: &Self::Model,
    ) -> Result<(Person, Person), DbErr> {
        let named = Self::named(db, scope, std::slice::from_ref(row)).await?;
        Ok(named.into_iter().next().unwrap_or_default())
    }

    async fn lines(
        db: &Reader,
        scope: Scope,
        rows: &[Self::Model],
        zone: &Zone,
        now: Timestamp,
    ) -> Result<Vec<ReferralRow>, DbErr> {
        let ids: Vec<_> = rows
            .iter()
            .map(|row| Id::new(Self::common(row).id))
            .collect();
        let ledger = credit_retries::of::<Self>(db, &ids).await?;
        let mut owed = HashMap::new();
        for credit in &ledger {
            let referral = referral_of(Self::PROGRAM, credit);
            if let (Some(id), true) = (referral, credit.state == CreditState::Failed) {
                owed.insert(id, credit.amount()?.in_favor());
            }
        }
        let people = Self::named(db, scope, rows).await?;
        let pending = Self::pending(db, scope, rows, zone, now).await?;
        let line = |(row, people): (Common<'_>, _)| {
            let why = pending.get(&row.id).and_then(PendingReason::sentence);
            let owed = owed.get(&row.id).copied();
            line(Self::PROGRAM, &row, people, (owed, why), zone)
        };
        Ok(rows
            .iter()
            .map(Self::common)
            .zip(people)
            .map(line)
            .collect())
    }
}

#[async_trait]
impl Shown for referral::Entity {
    async fn people(
        db: &Reader,
        scope: Scope,
        beginnings: &[String],
    ) -> Result<(People, bool), DbErr> {
        let found = search_words::find(db, Subject::Member, scope, beginnings).await?;
        let people = People {
            referrers: found.ids.clone(),
            referred: found.ids,
        };
        Ok((people, found.more))
    }

    async fn pending(
        db: &Reader,
        scope: Scope,
        rows: &[referral::Model],
        zone: &Zone,
        now: Timestamp,
    ) -> Result<HashMap<i64, PendingReason>, DbErr> {
        let pending = rows
            .iter()
            .filter(|row| row.status == ReferralStatus::Pending);
        let pending: Vec<_> = pending.map(|row| (row.id, row.referred_id)).collect();
        let why = pending_referrals::of_members(db, scope.site_id(), &pending, zone, now).await?;
        Ok(why.into_iter().map(|(id, why)| (id.get(), why)).collect())
    }

    async fn named(
        db: &Reader,
        scope: Scope,
        rows: &[referral::Model],
    ) -> Result<Vec<(Person, Person)>, DbErr> {
        let ids = rows
            .iter()
            .flat_map(|row| [row.referrer_id, row.referred_id]);
        let members = users::by_ids(db, scope.site_id(), ids.collect()).await?;
        let people: HashMap<_, _> = members
            .into_iter()
            .map(|member| (member.id, Person::from(&member)))
            .collect();
        let person = |id| people.get(&id).cloned().unwrap_or_default();
        Ok(rows
            .iter()
            .map(|row| (person(row.referrer_id), person(row.referred_id)))
            .collect())
    }
}

#[async_trait]
impl Shown for platform_referral::Entity {
    async fn people(
        db: &Reader,
        scope: Scope,
        beginnings: &[String],
    ) -> Result<(People, bool), DbErr> {
        let referrers =
            search_words::find(db, Subject::PlatformReferrer, scope, beginnings).await?;
        let customers = search_words::find(db, Subject::Customer, scope, beginnings).await?;
        let people = People {
            referrers: referrers.ids,
            referred: customers.ids,
        };
        Ok((people, referrers.more || customers.more))
    }

    async fn pending(
        db: &Reader,
        _scope: Scope,
        rows: &[platform_referral::Model],
        zone: &Zone,
        now: Timestamp,
    ) -> Result<HashMap<i64, PendingReason>, DbErr> {
        let pending = rows.iter().cloned();
        let pending: Vec<_> = pending
            .filter(|row| row.status == ReferralStatus::Pending)
            .collect();
        let why = pending_referrals::of_subscriptions(db, &pending, zone, now).await?;
        Ok(why.into_iter().map(|(id, why)| (id.get(), why)).collect())
    }

    async fn named(
        db: &Reader,
        _scope: Scope,
        rows: &[platform_referral::Model],
    ) -> Result<Vec<(Person, Person)>, DbErr> {
        let ids = rows.iter().map(|row| row.referrer_id);
        let referrers: HashMap<PlatformReferrerId, Person> = platform_referrer::Entity::find()
            .filter(platform_referrer::Column::Id.is_in(ids))
            .all(db)
            .await?
            .into_iter()
            .map(|referrer| {
                let person = Person {
                    name: referrer.name,
                    email: Some(referrer.email),
                };
                (referrer.id, person)
            })
            .collect();
        let referrer = |id| referrers.get(&id).cloned().unwrap_or_default();
        let customer = |row: &platform_referral::Model| Person {
            name: row.customer_email.clone(),
            email: None,
        };
        Ok(rows
            .iter()
            .map(|row| (referrer(row.referrer_id), customer(row)))
            .collect())
    }
}

fn referral_of(program: Program, credit: &credit::Model) -> Option<i64> {
    match program {
        Program::Tenant => credit.referral_id.map(Id::get),
        Program::Platform => credit.platform_referral_id.map(Id::get),
    }
}

fn line(
    program: Program,
    row: &Common<'_>,
    (referrer, referred): (Person, Person),
    (owed, pending): (Option<Money>, Option<String>),
    zone: &Zone,
) -> ReferralRow {
    let (reason, cause) = (row.failure_reason, row.taken_back_for);
    let can_retry = may_retry(row.status, reason, owed.is_some()).is_ok();
    ReferralRow {
        id: row.id,
        referrer: referrer.name,
        referrer_email: referrer.email.unwrap_or_default(),
        referred: referred.name,
        referred_email: referred.email,
        status: row.status,
        can_retry,
        owed: owed.filter(|_| can_retry),
        see_settings: reason.is_some_and(FailureReason::ends_with_the_connection),
        reason: pending.or_else(|| {
            status_sentence(reason.map(FailureReason::sentence), taken_back(row), cause)
        }),
        credit: credit(row),
        kind: row.kind.map(|kind| kind_label(program, kind)),
        date: dates::short_day(row.created_at, zone),
        at: dates::iso(row.created_at),
    }
}

fn credit(row: &Common<'_>) -> Option<Money> {
    let (cents, currency) = row.credit_cents.zip(row.currency)?;
    Some(Money::new(cents, currency))
}

fn taken_back(row: &Common<'_>) -> Option<Money> {
    let (cents, currency) = row.taken_back_cents.zip(row.currency)?;
    Some(Money::new(cents, currency))
}

/// The label of a kind or plan; the code itself if it is not sold (any more).
pub fn kind_label(program: Program, kind: &str) -> String {
    let label = match program {
        Program::Tenant => ProductKind::parse(kind).map(ProductKind::label),
        Program::Platform => Plan::parse(kind).map(Plan::label),
    };
    label.unwrap_or(kind).to_owned()
}
