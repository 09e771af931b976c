//! A member's own data: downloaded, deleted, erased by an admin, and kept for a time alone.

mod buying;
mod delete;
mod delete_by_api;
mod erase;
mod export;
mod memberships;
mod referrals;
mod retention;
mod settling;

use serde_json::Value;
use store::entities::user;

use crate::support::{Browser, PASSWORD, STRIPE_KEY, TestApp, stripe};

/// Where whoever deleted the account ends.
const DELETED: &str = "/deleted";

/// Deletes the account of who is signed in in this browser, and confirms that `cents` of credit are
/// lost; returns where the browser goes.
async fn delete(browser: &Browser, cents: i64) -> String {
    let cents = cents.to_string();
    let form = [("password", PASSWORD), ("forfeit", cents.as_str())];
    browser.go("delete_account", &form).await
}

impl TestApp {
    /// The member's row as it is now.
    async fn row_of(&self, member: &user::Model) -> user::Model {
        let db = self.state.db.reader();
        let row = store::users::by_id(db, member.site_id, member.id).await;
        row.unwrap().expect("rows of members stay")
    }

    async fn is_deleted(&self, member: &user::Model) -> bool {
        self.row_of(member).await.deleted_at.is_some()
    }

    /// A customer of Detroit's account, as Stripe has it.
    fn customer_at_stripe(&self, id: &str) -> Value {
        let objects = self.stripe.objects(STRIPE_KEY, None);
        let customers = stripe::listed(&objects["customers"]);
        let mut found = customers.into_iter().filter(|one| one["id"] == id);
        found.next().expect("the customer")
    }
}
