//! A friend who came through a member's link, and the state of the referral.

use std::{collections::BTreeMap, time::Duration};

use domain::{credit::CreditState, purchase::ProductKind, referral::ReferralStatus};
use futures::{Stream, StreamExt};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QueryResult, Statement,
};
use services::{jobs, live::Heard, purchases::counter_sale, queue::Job};
use store::{
    MemberId, Pool, PurchaseId, StripeAccountId,
    checkout_sessions::{self, NewSession, Sells},
    entities::{
        credit, notification, product, purchase, referral, stripe_customer, stripe_event, user,
    },
    purchases,
    stripe_customers::{self, HolderId, Known},
};
use stripe_gateway::{Billing, NewCheckout, Payer};

use super::{GOOD_FORM, STRIPE_KEY, TestApp, WEBHOOK_SECRET};

/// Mia's referral code.
pub const CODE: &str = "ab3kx7mn";

/// Detroit Arms with Stripe connected: Mia referred Jane, who has bought nothing yet.
pub struct Referred {
    pub mia: user::Model,
    pub jane: user::Model,
    /// A ticket that costs $45.00.
    pub ticket: product::Model,
    /// The path of the webhook endpoint of Detroit's account.
    pub webhook: String,
}

impl TestApp {
    /// Registers Jane through Mia's link.
    pub async fn referred(&self) -> Referred {
        let webhook = self
            .connect_stripe(&self.detroit, STRIPE_KEY, WEBHOOK_SECRET)
            .await;
        let mia = self.referrer(&self.detroit, "mia@example.com", CODE).await;
        let ticket = self
            .product(
                &self.detroit,
                ProductKind::EventTicket,
                "steel-challenge",
                4500,
            )
            .await;
        let browser = self.browser();
        browser.get(&format!("/?ref={CODE}")).await;
        browser.go("register", &GOOD_FORM).await;
        let jane = self
            .find(&self.detroit, "jane@example.com")
            .await
            .expect("Jane registered");
        assert_eq!(jane.referred_by_user_id, Some(mia.id));
        Referred {
            mia,
            jane,
            ticket,
            webhook,
        }
    }

    /// A purchase of the ticket that waits for an event about Checkout session `session`.
    pub async fn open_purchase(&self, referred: &Referred, session: &str) -> purchase::Model {
        let account = self.account().await;
        let db = self.state.db.writer();
        let now = self.state.now();
        let row = purchases::insert(db, &referred.ticket, referred.jane.id, Some(account), now)
            .await
            .unwrap();
        purchases::set_session(db, row.id, session).await.unwrap();
        row
    }

    /// The same before Stripe's answer came: the session is known by its token only.
    pub async fn unanswered_purchase(&self, referred: &Referred) -> (purchase::Model, String) {
        let account = self.account().await;
        let (db, now) = (self.state.db.writer(), self.state.now());
        let row = purchases::insert(db, &referred.ticket, referred.jane.id, Some(account), now);
        let row = row.await.unwrap();
        let token = self.state.random.token();
        let request = NewCheckout {
            billing: Billing::Once,
            name: row.product_name.clone(),
            price: row.money(row.price_cents),
            payer: Payer::Email("jane@example.com".to_owned()),
            reference: token.clone(),
            metadata: BTreeMap::new(),
            success_url: String::new(),
            cancel_url: String::new(),
            discount: None,
            expires_at: None,
            ships: false,
            return_url: None,
        };
        let new = NewSession {
            site_id: self.detroit.id(),
            sells: Sells::Purchase(row.id),
            stripe_account_id: account,
            livemode: false,
            open_for: None,
            token: &token,
            request: serde_json::to_string(&request).unwrap(),
            next_check_at: None,
            coupon: None,
            now,
        };
        checkout_sessions::insert(db, &new).await.unwrap().unwrap();
        (row, token)
    }

    /// Jane buys the ticket at the counter; its credit is not decided yet.
    pub async fn sell(&self, referred: &Referred) -> PurchaseId {
        let site = self.site().await;
        let sale =
            counter_sale::record(&self.state, &site, referred.jane.id, referred.ticket.id).await;
        sale.unwrap().unwrap()
    }

    /// Does the job of a paid purchase.
    pub async fn decide(&self, purchase_id: PurchaseId) {
        jobs::perform(&self.state, &Job::DecideCredit { purchase_id })
            .await
            .unwrap();
    }

    /// Does the job of the only credit.
    pub async fn issue(&self) {
        let credit = self.credits().await.remove(0);
        let job = Job::IssueCredit {
            credit_id: credit.id,
            attempt: credit.attempts,
        };
        jobs::perform(&self.state, &job).await.unwrap();
    }

    /// Waits for the next live notification; returns its member and its text.
    pub async fn next_notification(
        &self,
        heard: &mut (impl Stream<Item = Heard> + Unpin),
    ) -> (MemberId, String) {
        const PATIENCE: Duration = Duration::from_secs(30);
        let arrival = async {
            loop {
                if let Heard::NewNotification(arrival) = heard.next().await.expect("more to come") {
                    return (arrival.user_id, arrival.notification.text);
                }
            }
        };
        let Ok(notification) = tokio::time::timeout(PATIENCE, arrival).await else {
            panic!(
                "nobody was told; the ledger: {:?}\nthe queue: {:?}",
                self.credits().await,
                self.jobs().await
            );
        };
        notification
    }

    /// Idempotency key, status and time of every job in the queue.
    pub async fn jobs(&self) -> Vec<(Option<String>, String, String)> {
        let sql = match self.state.db.pool() {
            Pool::Sqlite(_) => {
                "SELECT idempotency_key, status, CAST(run_at AS TEXT) AS run_at FROM Jobs"
            }
            Pool::Postgres(_) => {
                "SELECT idempotency_key, status, CAST(run_at AS TEXT) AS run_at FROM apalis.jobs"
            }
        };
        let db = self.state.db.reader();
        let rows = db
            .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
            .await;
        let read = |row: QueryResult| {
            (
                row.try_get_by(0).unwrap(),
                row.try_get_by(1).unwrap(),
                row.try_get_by(2).unwrap(),
            )
        };
        rows.unwrap().into_iter().map(read).collect()
    }

    /// Detroit Arms with its current settings.
    pub async fn site(&self) -> store::sites::Site {
        store::sites::by_id(self.state.db.reader(), self.detroit.id())
            .await
            .unwrap()
            .unwrap()
    }

    /// The id of Detroit's Stripe account.
    pub async fn account(&self) -> StripeAccountId {
        self.site().await.row.stripe_account_id.expect("connected")
    }

    /// Records this customer of Detroit's account as the member's.
    pub async fn remember_customer(&self, user_id: MemberId, customer: &str) {
        let (db, account) = (self.state.db.writer(), self.account().await);
        let (holder, token) = (HolderId::Member(user_id), self.state.random.token());
        let row = stripe_customers::get_or_insert(db, account, holder, &token).await;
        let row = row.unwrap();
        let known = Known {
            marked: true,
            source: None,
        };
        let kept = stripe_customers::set_customer(db, &row, "", customer, known).await;
        assert!(kept.unwrap(), "another is remembered");
    }

    /// The row of the member's customer at Detroit's account.
    pub async fn customer_row(&self, user_id: MemberId) -> Option<stripe_customer::Model> {
        let (db, account) = (self.state.db.reader(), self.account().await);
        stripe_customers::get(db, account, HolderId::Member(user_id))
            .await
            .unwrap()
    }

    /// The member's customer at Detroit's account.
    pub async fn customer_of(&self, user_id: MemberId) -> Option<String> {
        self.customer_row(user_id).await?.customer_id
    }

    pub async fn purchase(&self, id: PurchaseId) -> purchase::Model {
        purchase::Entity::find_by_id(id)
            .one(self.state.db.reader())
            .await
            .unwrap()
            .unwrap()
    }

    /// Oldest first.
    pub async fn purchases(&self) -> Vec<purchase::Model> {
        let rows = purchase::Entity::find().order_by_asc(purchase::Column::Id);
        rows.all(self.state.db.reader()).await.unwrap()
    }

    /// The ledger, oldest row first.
    pub async fn credits(&self) -> Vec<credit::Model> {
        credit::Entity::find()
            .order_by_asc(credit::Column::Id)
            .all(self.state.db.reader())
            .await
            .unwrap()
    }

    /// Jane's referral.
    pub async fn referral(&self) -> referral::Model {
        referral::Entity::find()
            .one(self.state.db.reader())
            .await
            .unwrap()
            .expect("a referral")
    }

    pub async fn status(&self) -> ReferralStatus {
        *self.referral().await.status
    }

    pub async fn notifications(&self, user: &user::Model) -> Vec<String> {
        let rows = notification::Entity::find()
            .filter(notification::Column::UserId.eq(user.id))
            .all(self.state.db.reader())
            .await;
        rows.unwrap().into_iter().map(|row| row.text).collect()
    }

    /// The number of stored events, including those about customers that the stand-in sends by
    /// itself.
    pub async fn stored_events(&self) -> u64 {
        stripe_event::Entity::find()
            .count(self.state.db.reader())
            .await
            .unwrap()
    }

    /// The number of rows with this event id.
    pub async fn stored_as(&self, event_id: &str) -> u64 {
        let rows = stripe_event::Entity::find().filter(stripe_event::Column::EventId.eq(event_id));
        rows.count(self.state.db.reader()).await.unwrap()
    }

    /// Asserts one credit of $10.00 everywhere: in the ledger, on the referral, at Stripe and as a
    /// notification.
    pub async fn assert_credited_once(&self, mia: &user::Model) {
        let credits = self.credits().await;
        assert_eq!(credits.len(), 1);
        assert_eq!(
            (*credits[0].state, credits[0].amount_cents),
            (CreditState::Issued, -1000)
        );
        let referral = self.referral().await;
        assert_eq!(referral.status, ReferralStatus::Credited);
        assert_eq!(referral.credit_cents, Some(1000));
        let entries = self.balance_transactions();
        assert_eq!(entries.len(), 1, "{entries:?}");
        assert_eq!(entries[0]["amount"], -1000);
        assert_eq!(entries[0]["currency"], "usd");
        assert_eq!(entries[0]["description"], "Referral credit");
        assert_eq!(
            entries[0]["id"].as_str(),
            credits[0].stripe_transaction_id.as_deref()
        );
        let text = "You earned a $10.00 credit from your referral";
        assert_eq!(self.notifications(mia).await, [text]);
    }

    /// Replaces Mia and Jane with new members, as if Jane had just registered through Mia's link.
    pub async fn refer_anew(&self, referred: &mut Referred) {
        let (db, site) = (self.state.db.writer(), &self.detroit);
        let unique = self.state.random.token();
        referred.mia = self
            .member(site, "Mia", &format!("mia-{unique}@example.com"))
            .await;
        referred.jane = self
            .member(site, "Jane", &format!("jane-{unique}@example.com"))
            .await;
        let now = self.state.now();
        let (mia, jane) = (referred.mia.id, referred.jane.id);
        store::referrals::insert_pending(
            db,
            site.id(),
            self.state.random.token(),
            mia,
            jane,
            None,
            now,
        )
        .await
        .unwrap();
    }

    /// The sum of all balance transactions of every customer with this member's e-mail address.
    pub async fn balance_of(&self, member: &user::Model) -> i64 {
        let books = self.stripe.objects(STRIPE_KEY, None);
        let customers: Vec<_> = super::stripe::listed(&books["customers"])
            .into_iter()
            .filter(|customer| customer["email"] == member.email.as_str())
            .collect();
        let theirs = |entry: &serde_json::Value| {
            customers
                .iter()
                .any(|customer| customer["id"] == entry["customer"])
        };
        let entries = self.balance_transactions();
        entries
            .iter()
            .filter(|entry| theirs(entry))
            .filter_map(|entry| entry["amount"].as_i64())
            .sum()
    }
}
