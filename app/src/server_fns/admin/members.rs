//! Finding members, recording a counter sale and undoing one, and keeping a member out.

use leptos::prelude::*;

use crate::types::{Outcome, admin::MembersPage};

/// Members whose names or addresses begin with `text`; empty without the right to see them.
#[server(name = ListMembers, endpoint = "admin_members")]
pub async fn list_members(
    #[server(default)] text: String,
    #[server(default)] before: String,
) -> Result<MembersPage, ServerFnError> {
    crate::ports::Ports::current()
        .admin_members
        .list(&text, before.parse().ok())
        .await
        .map_err(|_| crate::server_fns::answer::internal_error())
}

/// **Record a sale made in person**, only once for each `token`. `credit` is the cents of the member's
/// credit that pay for it.
#[server(endpoint = "record_sale")]
pub async fn record_sale(
    #[server(default)] member_id: String,
    #[server(default)] product_id: String,
    #[server(default)] credit: String,
    #[server(default)] token: String,
) -> Result<Outcome, ServerFnError> {
    use super::read;
    use crate::{ports::Ports, server_fns::answer::answer, types::admin::SaleForm};

    let sale = SaleForm {
        member_id: read::id(&member_id),
        product_id: read::id(&product_id),
        credit,
        token,
    };
    let outcome = Ports::current().admin_members.record_sale(&sale).await;
    let page = format!("/admin/members/{}", sale.member_id);
    let typed = [
        ("product_id", product_id.as_str()),
        ("credit", sale.credit.as_str()),
    ];
    answer("record_sale", &page, &typed, outcome).await
}

/// **Save** of a member's billing address for Stripe.
#[server(endpoint = "set_billing_email")]
pub async fn set_billing_email(
    #[server(default)] member_id: String,
    #[server(default)] billing_email: String,
) -> Result<Outcome, ServerFnError> {
    use super::read;
    use crate::{ports::Ports, server_fns::answer::answer};

    let member = read::id(&member_id);
    let members = Ports::current().admin_members;
    let outcome = members.set_billing_email(member, &billing_email).await;
    let page = format!("/admin/members/{member}");
    let typed = [("billing_email", billing_email.as_str())];
    answer("set_billing_email", &page, &typed, outcome).await
}

/// **Move** of what an earlier Stripe customer of a member still has.
#[server(endpoint = "move_member_credit")]
pub async fn move_member_credit(
    #[server(default)] member_id: String,
    #[server(default)] from: String,
) -> Result<Outcome, ServerFnError> {
    use super::read;
    use crate::{ports::Ports, server_fns::answer::answer};

    let member = read::id(&member_id);
    let outcome = Ports::current()
        .admin_members
        .move_credit(member, &from)
        .await;
    let page = format!("/admin/members/{member}");
    answer("move_member_credit", &page, &[], outcome).await
}

/// **Return** of a debit that the site has no record of.
#[server(endpoint = "return_lost_credit")]
pub async fn return_lost_credit(
    #[server(default)] member_id: String,
    #[server(default)] key: String,
) -> Result<Outcome, ServerFnError> {
    use super::read;
    use crate::{ports::Ports, server_fns::answer::answer};

    let member = read::id(&member_id);
    let members = Ports::current().admin_members;
    let outcome = members.return_lost_credit(member, &key).await;
    let page = format!("/admin/members/{member}/credits");
    answer("return_lost_credit", &page, &[], outcome).await
}

/// **Undo this sale**, with the reason.
#[server(endpoint = "undo_sale")]
pub async fn undo_sale(
    #[server(default)] member_id: String,
    #[server(default)] purchase_id: String,
    #[server(default)] reason: String,
) -> Result<Outcome, ServerFnError> {
    use super::read;
    use crate::{ports::Ports, server_fns::answer::answer};

    let (member, purchase) = (read::id(&member_id), read::id(&purchase_id));
    let members = Ports::current().admin_members;
    let outcome = members.undo_sale(member, purchase, &reason).await;
    let page = format!("/admin/members/{member}");
    let typed = [
        ("purchase_id", purchase_id.as_str()),
        ("reason", reason.as_str()),
    ];
    answer("undo_sale", &page, &typed, outcome).await
}

/// **Block this member** or **Unblock this member**, with the reason.
#[server(endpoint = "block_member")]
pub async fn block_member(
    #[server(default)] member_id: String,
    #[server(default)] block: String,
    #[server(default)] reason: String,
) -> Result<Outcome, ServerFnError> {
    use super::read;
    use crate::{ports::Ports, server_fns::answer::answer};

    let member = read::id(&member_id);
    let members = Ports::current().admin_members;
    let outcome = members.set_blocked(member, block == "on", &reason).await;
    let page = format!("/admin/members/{member}");
    let typed = [("reason", reason.as_str())];
    answer("block_member", &page, &typed, outcome).await
}

/// **Sign out everywhere**, for a member.
#[server(endpoint = "sign_out_member")]
pub async fn sign_out_member(
    #[server(default)] member_id: String,
) -> Result<Outcome, ServerFnError> {
    use super::read;
    use crate::{ports::Ports, server_fns::answer::answer};

    let member = read::id(&member_id);
    let outcome = Ports::current().admin_members.sign_out(member).await;
    let page = format!("/admin/members/{member}");
    answer("sign_out_member", &page, &[], outcome).await
}

/// **Erase this member**, with what was typed to confirm it and the reason.
#[server(endpoint = "erase_member")]
pub async fn erase_member(
    #[server(default)] member_id: String,
    #[server(default)] confirm: String,
    #[server(default)] reason: String,
) -> Result<Outcome, ServerFnError> {
    use super::read;
    use crate::{ports::Ports, server_fns::answer::answer};

    let member = read::id(&member_id);
    let members = Ports::current().admin_members;
    let outcome = members.erase(member, &confirm, &reason).await;
    let page = match &outcome {
        Ok(Outcome::Done(_)) => format!("/admin/members/{member}"),
        _ => format!("/admin/members/{member}/erase"),
    };
    let typed = [("confirm", confirm.as_str()), ("reason", reason.as_str())];
    answer("erase_member", &page, &typed, outcome).await
}
