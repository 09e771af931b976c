//! The books: Stripe's balances held against the ledger (`docs/rules.md` 148, 149 and 160 to 162).

mod comparing;
mod console;
mod files;
mod plans;
mod trouble;

use domain::{
    credit::{Difference, DifferenceState},
    referral::CustomerSource,
};
use sea_orm::EntityTrait;
use services::books::{self, Asked, Progress};
use store::{
    Scope,
    entities::{reconciliation, reconciliation_difference},
    reconciliations,
    stripe_customers::{self, HolderId, Known},
};
use stripe_stand_in::{Seed, SeedCustomer};

use crate::support::{Referred, STRIPE_KEY, TestApp};

/// A difference, shortly.
type Short = (Difference, DifferenceState, i64);

impl TestApp {
    fn detroits(&self) -> Scope {
        Scope::Site(self.detroit.id())
    }

    /// Mia's credit of $10.00, which Stripe has.
    async fn credited_mia(&self) -> (Referred, String) {
        let referred = self.referred().await;
        let sale = self.sell(&referred).await;
        self.decide(sale).await;
        self.issue().await;
        let customer = self.customer_of(referred.mia.id).await.unwrap();
        (referred, customer)
    }

    /// Compares Detroit's books to the end.
    pub async fn compare_books(&self) -> reconciliation::Model {
        let begun = books::begin(&self.state, self.detroits(), Asked::ByOperator).await;
        let id = begun.unwrap().id();
        loop {
            match books::go_on(&self.state, id).await.unwrap() {
                Progress::More => {}
                Progress::Finished => break,
                other => panic!("it does not go on: {other:?}"),
            }
        }
        let row = reconciliations::by_id(self.state.db.reader(), id).await;
        row.unwrap().unwrap()
    }

    /// What the last comparison found.
    async fn differences(&self) -> Vec<Short> {
        let rows = self.difference_rows().await;
        rows.iter()
            .map(|row| (*row.kind, *row.state, row.amount_cents))
            .collect()
    }

    async fn difference_rows(&self) -> Vec<reconciliation_difference::Model> {
        let db = self.state.db.reader();
        let last = reconciliations::last(db, self.detroits(), true).await;
        let last = last.unwrap().expect("a comparison");
        let rows = reconciliations::list_differences(db, last.id, false, 1_000).await;
        rows.unwrap()
    }

    async fn comparisons(&self) -> Vec<reconciliation::Model> {
        let rows = reconciliation::Entity::find();
        rows.all(self.state.db.reader()).await.unwrap()
    }

    /// How often Stripe was asked for the entries of a customer.
    fn entries_read(&self) -> usize {
        let requests = self.stripe.requests();
        let reads = requests
            .iter()
            .filter(|one| one.method == "GET" && one.path.ends_with("/balance_transactions"));
        reads.count()
    }

    /// So many customers at Detroit's account, of whom the last is Mia's.
    async fn many_customers(&self, referred: &Referred, count: usize) {
        let customer = |number: usize| SeedCustomer {
            id: format!("cus_many_{number}"),
            created: Some(1_700_000_000 + i64::try_from(number).unwrap()),
            ..SeedCustomer::default()
        };
        let seed = Seed {
            secret_key: STRIPE_KEY.to_owned(),
            customers: (0..count).map(customer).collect(),
            account: None,
        };
        self.stripe.seed(seed).unwrap();
        self.owns(referred, "cus_many_0").await;
    }

    /// Mia's customer is this one.
    async fn owns(&self, referred: &Referred, customer: &str) {
        let (db, account) = (self.state.db.writer(), self.account().await);
        let holder = HolderId::Member(referred.mia.id);
        let token = self.state.random.token();
        let row = stripe_customers::get_or_insert(db, account, holder, &token).await;
        let known = Known {
            marked: true,
            source: Some(CustomerSource::Made),
        };
        let email = referred.mia.email.as_str();
        let row = row.unwrap();
        let stored = stripe_customers::set_customer(db, &row, email, customer, known).await;
        assert!(stored.unwrap());
    }
}
