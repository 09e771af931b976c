//! Many people and referrals, written straight into the tables.

use domain::{
    money::Currency,
    purchase::{CreditCheck, ProductKind, PurchaseState},
    referral::ReferralStatus,
};
use sea_orm::{EntityTrait, Set};
use store::{
    MemberId, PlatformReferralId, PlatformReferrerId, ReferralId, Scope, Timestamp,
    entities::{platform_purchase, platform_referral, referral, stripe_account, user},
    search_words::{self, Subject},
    sites::Site,
};
use time::macros::date;

use crate::support::{TestApp, moment};

/// A day, in milliseconds.
pub const DAY_MS: i64 = 86_400_000;
/// November 1, 2026.
pub const FIRST_DAY: i64 = 20_758;

/// A referral of either program, to be written.
#[derive(Clone, Debug)]
pub struct New {
    pub status: ReferralStatus,
    /// Empty while there is none.
    pub kind: &'static str,
    pub credit: Option<(i64, Currency)>,
    /// Milliseconds after the first one of [`FIRST_DAY`].
    pub after_ms: i64,
}

impl New {
    pub fn pending(after_ms: i64) -> Self {
        Self {
            status: ReferralStatus::Pending,
            kind: "",
            credit: None,
            after_ms,
        }
    }

    /// The `number`th of many referrals that differ in everything by which they are filtered and
    /// sorted.
    pub fn varied(number: usize, kinds: &[&'static str]) -> Self {
        let status = ReferralStatus::ALL[number % 3];
        let credited = status == ReferralStatus::Credited;
        let bought = credited || status == ReferralStatus::Failed || number.is_multiple_of(2);
        let amounts = [1000, 2500, 1000, 700];
        let currency = match number % 10 {
            1 => Currency::Eur,
            _ => Currency::Usd,
        };
        Self {
            status,
            kind: if bought {
                kinds[number / 3 % kinds.len()]
            } else {
                ""
            },
            credit: credited.then(|| (amounts[number / 3 % 4], currency)),
            // Some referrals begin in the same millisecond.
            after_ms: (number / 2) as i64 * (DAY_MS / 4),
        }
    }

    fn at(&self) -> Timestamp {
        moment(FIRST_DAY * DAY_MS + self.after_ms)
    }
}

impl TestApp {
    /// `count` members called "{first} Number{n}", with their search words.
    pub async fn crowd(&self, site: &Site, first: &str, count: usize) -> Vec<MemberId> {
        let db = self.state.db.writer();
        let unique = self.state.random.token();
        let mut ids = Vec::new();
        for number in 0..count {
            let email = format!("{first}.{number}.{unique}@example.com").to_lowercase();
            let row = user::ActiveModel {
                site_id: Set(site.id()),
                token: Set(self.state.random.token()),
                email: Set(email.clone()),
                email_account: Set(email.clone()),
                password_hash: Set("x".to_owned()),
                first_name: Set(first.to_owned()),
                last_name: Set(format!("Number{number}")),
                date_of_birth: Set(date!(1985 - 04 - 12)),
                role: Set("member".to_owned()),
                created_at: Set(moment(0)),
                ..Default::default()
            };
            let id = user::Entity::insert(row)
                .exec(db)
                .await
                .unwrap()
                .last_insert_id;
            let texts = [first, &format!("Number{number}"), &email];
            search_words::put(
                db,
                Subject::Member,
                Scope::Site(site.id()),
                id.get(),
                &texts,
            )
            .await
            .unwrap();
            ids.push(id);
        }
        ids
    }

    /// Writes one referral of the site; returns its id.
    pub async fn refer(
        &self,
        site: &Site,
        referrer: MemberId,
        referred: MemberId,
        new: &New,
    ) -> ReferralId {
        let row = referral::ActiveModel {
            site_id: Set(site.id()),
            token: Set(self.state.random.token()),
            referrer_id: Set(referrer),
            referred_id: Set(referred),
            status: Set(new.status.into()),
            purchase_kind: Set(ProductKind::parse(new.kind).map(Into::into)),
            credit_cents: Set(new.credit.map(|credit| credit.0)),
            currency: Set(new.credit.map(|credit| credit.1.into())),
            created_at: Set(new.at()),
            ..Default::default()
        };
        let inserted = referral::Entity::insert(row)
            .exec(self.state.db.writer())
            .await;
        inserted.unwrap().last_insert_id
    }

    /// Writes referrals of a crowd by `Nell`; returns their ids, oldest first.
    pub async fn many(&self, site: &Site, news: &[New]) -> Vec<ReferralId> {
        let nell = self.crowd(site, "Nell", 1).await[0];
        let friends = self.crowd(site, "Friend", news.len()).await;
        let mut ids = Vec::new();
        for (new, friend) in news.iter().zip(friends) {
            ids.push(self.refer(site, nell, friend, new).await);
        }
        ids
    }

    /// Writes a subscription that came through a platform referrer; returns the referral's id.
    pub async fn subscribed(
        &self,
        platform_referrer: PlatformReferrerId,
        customer: &str,
        new: &New,
    ) -> PlatformReferralId {
        let db = self.state.db.writer();
        let account = match stripe_account::Entity::find().one(db).await.unwrap() {
            Some(account) => account.id,
            None => {
                self.connect_stripe(&self.coaching, "sk_test_platform", "whsec_platform")
                    .await;
                stripe_account::Entity::find()
                    .one(db)
                    .await
                    .unwrap()
                    .unwrap()
                    .id
            }
        };
        let purchase = platform_purchase::ActiveModel {
            site_id: Set(self.detroit.id()),
            plan: Set(new.kind.to_owned()),
            currency: Set(Currency::Usd.into()),
            customer_email: Set(Some(customer.to_owned())),
            paid_cents: Set(Some(125_000)),
            state: Set(PurchaseState::Paid.into()),
            stripe_account_id: Set(account),
            checkout_session_id: Set(format!("cs_{}", self.state.random.token())),
            subscription_id: Set(Some("sub_1".to_owned())),
            credit_check: Set(CreditCheck::Done.into()),
            created_at: Set(new.at()),
            paid_at: Set(Some(new.at())),
            ..Default::default()
        };
        let inserted = platform_purchase::Entity::insert(purchase).exec(db).await;
        let row = platform_referral::ActiveModel {
            site_id: Set(self.detroit.id()),
            referrer_id: Set(platform_referrer),
            purchase_id: Set(inserted.unwrap().last_insert_id),
            customer_email: Set(customer.to_owned()),
            plan: Set(new.kind.to_owned()),
            status: Set(new.status.into()),
            credit_cents: Set(new.credit.map(|credit| credit.0)),
            currency: Set(new.credit.map(|credit| credit.1.into())),
            created_at: Set(new.at()),
            ..Default::default()
        };
        let inserted = platform_referral::Entity::insert(row).exec(db).await;
        let id = inserted.unwrap().last_insert_id;
        search_words::put(
            db,
            Subject::Customer,
            Scope::Platform,
            id.get(),
            &[customer],
        )
        .await
        .unwrap();
        id
    }
}

/// A Credited referral, in US dollars.
pub fn credited(kind: &'static str, cents: i64, after_ms: i64) -> New {
    New {
        status: ReferralStatus::Credited,
        kind,
        credit: Some((cents, Currency::Usd)),
        after_ms,
    }
}
