//! Everything about one member, for the staff.

use app::types::admin::{ElsewhereLine, MemberPage, MemberPlaces, SaleProduct};
use domain::{credit::Balance, money::Money};
use server_core::dates;
use services::{
    attach,
    rights::{See, Sell, TenantStaff},
    stripe_customers::{balance, moves},
};
use store::{
    MemberId, PurchaseId, ReferralId,
    entities::{product, user},
    products, purchases, referrals, referrer_totals, stripe_accounts,
    stripe_customers::HolderId,
    users,
};

use super::{name, row};
use crate::ports::{
    Services,
    admin::{customers::elsewhere, stripe_ids},
    purchases::listed,
    referrals::{admins_line, pending_reasons},
};

/// Most purchases, and most referrals, on a page.
const PAGE: usize = 25;

/// The member of this site with this id; `None` for a member of another site.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn page(
    services: &Services,
    id: MemberId,
    places: MemberPlaces,
) -> anyhow::Result<Option<MemberPage>> {
    let Some(staff) = services.context.tenant_staff::<See>() else {
        return Ok(None);
    };
    let (db, site_id) = (services.state.db.reader(), staff.site.id());
    let Some(member) = users::by_id(db, site_id, id).await? else {
        return Ok(None);
    };
    // One row more than a page shows tells whether there are older ones.
    let most = PAGE as u64 + 1;
    let before = places.purchases.map(PurchaseId::new);
    let mut bought = purchases::page_of_buyer(db, site_id, id, before, most).await?;
    let older_purchases = cut(&mut bought, |row| row.id.get());
    let before = places.referrals.map(ReferralId::new);
    let mut referred = referrals::of_referrer(db, site_id, id, before, most).await?;
    let older_referrals = cut(&mut referred, |row| row.id.get());
    let totals = referrer_totals::of_referrer(db, site_id, id).await?;
    let balance = balance::of(&services.state, &staff.site, &member)
        .await?
        .now;
    let (account, holder) = (staff.site.row.stripe_account_id, HolderId::Member(id));
    let pending = pending_reasons(db, &staff.site, &referred, services.state.now()).await?;
    let products = products::list(db, site_id, None, services.state.now()).await?;
    Ok(Some(MemberPage {
        date_of_birth: dates::date(member.date_of_birth),
        billing_email: member.billing_email.clone(),
        referral_code: member.referral_code.clone(),
        referred_by: referred_by(services, &staff, &member).await?,
        referred_by_words: member.referred_by_words.clone(),
        may_attach: may_attach(services, &member).await?,
        purchases: bought
            .into_iter()
            .map(|row| listed(row, services.zone()))
            .collect(),
        older_purchases,
        older_referrals,
        joined: totals.referrals(None),
        earned: totals.earned(),
        credit: balance.available(),
        balance: match &balance {
            Balance::Debt(owed) => format!("Owes {owed}"),
            balance => balance.brief(),
        },
        customer: stripe_ids::customer_of(db, account, holder).await?,
        referrals: referred
            .iter()
            .map(|row| admins_line(row, &pending, services.zone()))
            .collect(),
        blocked_on: member.blocked_at.map(|at| dates::day(at, services.zone())),
        elsewhere: earlier(services, &member).await?,
        products: products.into_iter().map(sale_product).collect(),
        sale_token: services.state.random.token(),
        leaving: member.deletion_requested_at.is_some(),
        member: row(&member, services.zone()),
    }))
}

/// What earlier customers of the member at Stripe still have, for who may move it.
async fn earlier(services: &Services, member: &user::Model) -> anyhow::Result<Vec<ElsewhereLine>> {
    let Some(staff) = services.context.tenant_staff() else {
        return Ok(Vec::new());
    };
    let found = moves::of_member(&services.state, &staff, member).await?;
    let (db, account) = (services.state.db.reader(), staff.site.row.stripe_account_id);
    let mode = stripe_accounts::mode_of(db, account).await?;
    let lines = found.into_iter().map(|found| elsewhere(found, mode));
    Ok(lines.collect())
}

/// Leaves one page of the rows; returns the id before which the next page begins, if there is one.
fn cut<Row>(rows: &mut Vec<Row>, id: impl Fn(&Row) -> i64) -> Option<i64> {
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    rows.last().filter(|_| more).map(id)
}

async fn may_attach(services: &Services, member: &user::Model) -> anyhow::Result<bool> {
    let Some(staff) = services.context.tenant_staff::<Sell>() else {
        return Ok(false);
    };
    let by = attach::By::Staff(&staff);
    let may = attach::may_attach(&services.state, &staff.site, member, by).await?;
    Ok(may.is_ok())
}

async fn referred_by(
    services: &Services,
    staff: &TenantStaff<See>,
    member: &user::Model,
) -> anyhow::Result<Option<(String, i64)>> {
    let (db, site_id) = (services.state.db.reader(), staff.site.id());
    let Some(referral) = referrals::of_referred(db, site_id, member.id).await? else {
        return Ok(None);
    };
    let referrer = users::by_id(db, site_id, referral.referrer_id).await?;
    Ok(referrer.map(|referrer| (name(&referrer), referral.id.get())))
}

fn sale_product(product: product::Model) -> SaleProduct {
    let currency = *product.currency;
    SaleProduct {
        id: product.id.get(),
        price: Money::new(product.price_cents, currency),
        monthly: product.kind.spends_balance(),
        name: product.name,
    }
}
