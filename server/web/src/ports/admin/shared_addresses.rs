//! Members, or platform referrers, who have one e-mail address in different spellings
//! (`docs/rules.md` 155).

use app::types::admin::{AddressHolder, SharedAddresses};
use domain::{account::Permission, credit::Program};
use server_core::dates;
use services::rights::See;
use store::{
    alike::Alike,
    entities::{platform_referrer, user},
    platform_referrers, users,
};

use crate::ports::Services;

/// Addresses on a page.
const PAGE: usize = 25;

/// A page of the site's members; empty without the right to see them.
pub async fn of_members(
    services: &Services,
    after: Option<i64>,
) -> anyhow::Result<SharedAddresses> {
    let Some(staff) = services.context.tenant_staff::<See>() else {
        return Ok(SharedAddresses::default());
    };
    let db = services.state.db.reader();
    let rights = services.context.rights();
    let manages = rights.may(Program::Tenant, Permission::ManageMembers);
    let holder = |member: user::Model| {
        let leaving = member.deletion_requested_at.is_some();
        let standing = [
            (leaving, "Being deleted"),
            (member.blocked_at.is_some(), "Blocked"),
        ];
        AddressHolder {
            id: member.id.get(),
            name: format!("{} {}", member.first_name, member.last_name),
            since: dates::day(member.created_at, services.zone()),
            standing: standing
                .into_iter()
                .find_map(|(is, word)| is.then_some(word)),
            can_erase: manages && !leaving && !member.rights().any(),
            email: member.email,
        }
    };
    let found = users::alike(db, staff.site.id(), after, PAGE + 1).await?;
    Ok(page(found, holder))
}

/// Whether there are such members, for who may see them.
pub async fn any_of_members(services: &Services) -> anyhow::Result<bool> {
    let Some(staff) = services.context.tenant_staff::<See>() else {
        return Ok(false);
    };
    let db = services.state.db.reader();
    Ok(users::any_alike(db, staff.site.id()).await?)
}

/// A page of the platform referrers; empty without the right to see them.
pub async fn of_referrers(
    services: &Services,
    after: Option<i64>,
) -> anyhow::Result<SharedAddresses> {
    if services.context.platform_staff::<See>().is_none() {
        return Ok(SharedAddresses::default());
    }
    let holder = |referrer: platform_referrer::Model| AddressHolder {
        id: referrer.id.get(),
        name: referrer.name,
        email: referrer.email,
        since: dates::day(referrer.created_at, services.zone()),
        standing: referrer.disabled_at.map(|_| "Disabled"),
        can_erase: false,
    };
    let db = services.state.db.reader();
    let found = platform_referrers::alike(db, after, PAGE + 1).await?;
    Ok(page(found, holder))
}

/// Whether there are such platform referrers, for who may see them.
pub async fn any_of_referrers(services: &Services) -> anyhow::Result<bool> {
    if services.context.platform_staff::<See>().is_none() {
        return Ok(false);
    }
    Ok(platform_referrers::any_alike(services.state.db.reader()).await?)
}

/// One group more than the page shows tells whether there is a next page.
fn page<Row>(mut found: Vec<Alike<Row>>, holder: impl Fn(Row) -> AddressHolder) -> SharedAddresses {
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    SharedAddresses {
        next: found.last().filter(|_| more).map(|last| last.first),
        addresses: found
            .into_iter()
            .map(|group| group.people.into_iter().map(&holder).collect())
            .collect(),
    }
}
