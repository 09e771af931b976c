//! Everything about one member, for the staff.

use app::types::admin::{ElsewhereLine, MemberPage, SaleProduct};
use domain::money::Money;
use server_core::dates;
use services::{
    attach,
    rights::{See, Sell, TenantStaff},
    stripe_customers::{balance, moves},
};
use store::{
    MemberId,
    entities::{product, user},
    products, purchases, referrals, users,
};

use super::{name, row};
use crate::ports::{
    Services,
    admin::customers::elsewhere,
    purchases::listed,
    referrals::{admins_line, pending_reasons},
};

/// Most purchases, and most referrals, that are shown.
const SHOWN: u64 = 50;

/// The member of this site with this id; `None` for a member of another site.
pub async fn page(services: &Services, id: MemberId) -> anyhow::Result<Option<MemberPage>> {
    let Some(staff) = services.context.tenant_staff::<See>() else {
        return Ok(None);
    };
    let (db, site_id) = (services.state.db.reader(), staff.site.id());
    let Some(member) = users::by_id(db, site_id, id).await? else {
        return Ok(None);
    };
    let bought = purchases::of_buyer(db, site_id, id, SHOWN).await?;
    let referred = referrals::of_referrer(db, site_id, id, None, SHOWN).await?;
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
        referrals: referred
            .iter()
            .map(|row| admins_line(row, &pending, services.zone()))
            .collect(),
        blocked_on: member.blocked_at.map(|at| dates::day(at, services.zone())),
        credit: balance::available(&services.state, &staff.site, &member).await?,
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
    Ok(found.into_iter().map(elsewhere).collect())
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
        name: product.name,
    }
}
