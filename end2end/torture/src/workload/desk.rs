//! The desk sells to members, also for their credit, and undoes some of the sales.

use anyhow::{Context, ensure};
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};

use super::{
    TestContext,
    shop::{sign_in, sign_in_with},
};
use crate::{
    demo::{ADMIN_PASSWORD, admin_of},
    simulated_user::{Response, SimulatedUser},
};

/// An admin who is signed in.
pub struct Desk {
    user: SimulatedUser,
    site: String,
}

impl Desk {
    pub async fn open(context: &TestContext, site: &str, rng: &mut StdRng) -> anyhow::Result<Self> {
        let desk = Self {
            user: context.new_user(site, rng)?,
            site: site.to_owned(),
        };
        desk.sign_in(rng).await?;
        Ok(desk)
    }

    async fn sign_in(&self, rng: &mut StdRng) -> anyhow::Result<()> {
        sign_in_with(&self.user, admin_of(&self.site), ADMIN_PASSWORD, rng).await
    }

    /// Submits a form. Whoever was signed out, as an outage is longer than an admin stays signed in,
    /// signs in again and submits it again.
    pub async fn submit(
        &self,
        function: &str,
        fields: &[(&str, &str)],
        rng: &mut StdRng,
    ) -> anyhow::Result<Response> {
        let response = self.user.submit_form(function, fields, rng).await?;
        if response.status != 401 {
            return Ok(response);
        }
        self.sign_in(rng).await?;
        self.user.submit_form(function, fields, rng).await
    }

    /// Opens a page, and signs in again if need be.
    pub async fn open_page(&self, path: &str, rng: &mut StdRng) -> anyhow::Result<Response> {
        let page = self.user.open_page(path, rng).await?;
        if !page.status.is_redirection() {
            return Ok(page);
        }
        self.sign_in(rng).await?;
        self.user.open_page(path, rng).await
    }

    /// The id of the member with this email.
    pub async fn find(&self, email: &str, rng: &mut StdRng) -> anyhow::Result<String> {
        let search = [("text", email)];
        let found = self.submit("admin_members", &search, rng).await?;
        let id = found.json["members"][0]["id"].as_i64();
        let id = id.with_context(|| format!("the member was not found: {found:?}"))?;
        Ok(id.to_string())
    }

    /// Records a sale, for these cents of the member's credit.
    pub async fn sell(
        &self,
        member: &str,
        product: i64,
        credit: Option<i64>,
        rng: &mut StdRng,
    ) -> anyhow::Result<Response> {
        let (product, token) = (
            product.to_string(),
            format!("{:032x}", rng.random::<u128>()),
        );
        let credit = credit.map(|cents| cents.to_string()).unwrap_or_default();
        let sale = [
            ("member_id", member),
            ("product_id", &product),
            ("credit", &credit),
            ("token", &token),
        ];
        self.submit("record_sale", &sale, rng).await
    }

    /// Undoes one of the member's sales. `false` if there is none, or if Stripe does not say just now
    /// whether it has what the sale earned.
    pub async fn undo_one(
        &self,
        context: &TestContext,
        member: &str,
        rng: &mut StdRng,
    ) -> anyhow::Result<bool> {
        let path = format!("/admin/members/{member}");
        let page = self.user.open_page(&path, rng).await?;
        let sales: Vec<_> = sales_on(&page.text).collect();
        let Some(sale) = sales.choose(rng) else {
            return Ok(false);
        };
        let undo = [
            ("member_id", member),
            ("purchase_id", sale),
            ("reason", "Changed their mind"),
        ];
        let undone = self.submit("undo_sale", &undo, rng).await?;
        let is_done = undone.json["Done"].is_string();
        ensure!(
            is_done || undone.json["Refused"].is_object(),
            "a sale was not undone: {undone:?}"
        );
        if is_done {
            context.log.record_undone_sale();
        }
        Ok(is_done)
    }
}

/// Records a sale for a part of what a member has, and perhaps undoes one.
pub async fn run(context: &TestContext, rng: &mut StdRng) -> anyhow::Result<()> {
    let Some(member) = context.members.choose(rng) else {
        return Ok(());
    };
    let desk = Desk::open(context, member.site, rng).await?;
    let id = desk.find(&member.email, rng).await?;
    let product = member.at_counter().choose(rng).copied();
    let product = product.context("a product that is sold at the counter")?;
    let credit = Some(rng.random_range(1..=2000));
    // Refused where the member has less, or the account is not connected just now.
    let recorded = desk.sell(&id, product, credit, rng).await?;
    if recorded.json["Done"].is_string() {
        context.log.record_credit_purchase();
    }
    if rng.random() {
        desk.undo_one(context, &id, rng).await?;
    }
    // A member whose sale was undone looks at the statement.
    let user = context.new_user(member.site, rng)?;
    sign_in(&user, &member.email, rng).await?;
    let statement = user.open_page("/credits", rng).await?;
    ensure!(statement.status == 200, "the statement: {statement:?}");
    Ok(())
}

/// The ids of the sales that a member's page offers to undo.
fn sales_on(page: &str) -> impl Iterator<Item = &str> {
    let forms = page.split("name=\"purchase_id\" value=\"").skip(1);
    forms.filter_map(|form| form.split('"').next())
}
