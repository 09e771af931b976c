//! The desk sells to members for their credit, and undoes some of the sales.

use anyhow::{Context, ensure};
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};

use super::{
    TestContext,
    shop::{sign_in, sign_in_with},
};
use crate::demo::{ADMIN_PASSWORD, admin_of};

/// Records a sale for a part of what a member has, and perhaps undoes one.
pub async fn run(context: &TestContext, rng: &mut StdRng) -> anyhow::Result<()> {
    let Some(member) = context.members.choose(rng) else {
        return Ok(());
    };
    let desk = context.new_user(member.site, rng)?;
    sign_in_with(&desk, admin_of(member.site), ADMIN_PASSWORD, rng).await?;
    let search = [("text", member.email.as_str())];
    let found = desk.submit_form("admin_members", &search, rng).await?;
    let id = found.json["members"][0]["id"].as_i64();
    let id = id.with_context(|| format!("the member was not found: {found:?}"))?;
    let others: Vec<_> = member
        .products
        .iter()
        .filter(|id| !member.memberships.contains(id))
        .collect();
    let (buyer, product) = (
        id.to_string(),
        others.choose(rng).context("a product")?.to_string(),
    );
    let (credit, token) = (
        rng.random_range(1..=2000).to_string(),
        format!("{:032x}", rng.random::<u128>()),
    );
    let sale = [
        ("member_id", buyer.as_str()),
        ("product_id", &product),
        ("credit", &credit),
        ("token", &token),
    ];
    // Refused where the member has less, or the account is not connected just now.
    let recorded = desk.submit_form("record_sale", &sale, rng).await?;
    if recorded.json["Done"].is_string() {
        context.log.record_credit_purchase();
    }
    if rng.random() {
        let page = desk.open_page(&format!("/admin/members/{id}"), rng).await?;
        let sales: Vec<_> = sales_on(&page.text).collect();
        let Some(sale) = sales.choose(rng) else {
            return Ok(());
        };
        let undo = [
            ("member_id", buyer.as_str()),
            ("purchase_id", sale),
            ("reason", "Changed their mind"),
        ];
        let undone = desk.submit_form("undo_sale", &undo, rng).await?;
        ensure!(
            undone.json["Done"].is_string() || undone.json["Refused"].is_object(),
            "a sale was not undone: {undone:?}"
        );
        if undone.json["Done"].is_string() {
            context.log.record_undone_sale();
        }
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
