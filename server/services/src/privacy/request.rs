//! Asks for the deletion of an account: nobody signs in from then on, and a job does the rest.

use domain::account::{NotDeleted, may_delete};
use store::{
    Scope, admins,
    audit_log::{self, Change, Field},
    credits::holds,
    deletions::{self, Earnings},
    entities::user,
    search_words::{self, Subject},
    sites::Site,
    users,
};

use super::lost;
use crate::{
    Engine,
    queue::Job,
    rights::{ManageMembers, TenantStaff},
};

/// Who asks for it.
#[derive(Clone, Copy)]
pub enum By<'a> {
    /// The member, who confirmed that this many cents of credit are lost; `None` if none.
    Member { forfeits_cents: Option<i64> },
    /// An admin of the site, with the reason, which names nobody.
    Admin {
        admin: &'a TenantStaff<ManageMembers>,
        reason: &'a str,
    },
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The account is being deleted.
    Accepted,
    Refused(NotDeleted),
}

/// Begins to delete the account: every browser and phone is signed out, no password opens it, its referral
/// code is nobody's, and what it earned and is on hold is lost. To ask again changes nothing.
///
/// # Errors
/// If the database fails.
pub async fn request(
    engine: &Engine,
    site: &Site,
    member: &user::Model,
    by: By<'_>,
) -> anyhow::Result<Asked> {
    let forfeited = lost(engine, site, member).await?.credit;
    let confirmed = match by {
        By::Member { forfeits_cents } => forfeits_cents,
        By::Admin { .. } => Some(forfeited.cents().max(0)),
    };
    // Nobody knows this password, and its hash can be read like any other.
    let no_password = engine.passwords.hash(&engine.random.token()).await?;
    let now = engine.now();
    let tx = engine.db.begin().await?;
    let Some(member) = users::by_id(&tx, site.id(), member.id).await? else {
        return Ok(Asked::Accepted);
    };
    if let Err(why) = may_delete(member.rights(), forfeited, confirmed) {
        return Ok(Asked::Refused(why));
    }
    if !deletions::request(&tx, &member, now).await? {
        return Ok(Asked::Accepted);
    }
    admins::set_password(&tx, &member, no_password).await?;
    holds::withdraw_of_member(&tx, site.id(), member.id, now).await?;
    deletions::end_referrals(&tx, &member, Earnings::Awaited).await?;
    let scope = Scope::Site(site.id());
    search_words::forget(&tx, Subject::Member, scope, member.id.get()).await?;
    if let By::Admin { admin, reason } = by {
        let change = Change {
            site_id: Some(site.id()),
            actor: Some(&admin.user),
            subject: &format!("Member {}", member.id),
            now,
        };
        let field = Field {
            name: "Erased, because",
            old: None,
            new: Some(reason.to_owned()),
        };
        audit_log::write(&tx, &change, [field]).await?;
    }
    let job = Job::DeleteAccount {
        member_id: member.id,
    };
    engine.queue.enqueue(&tx, &job).await?;
    tx.commit().await?;
    engine.queue.wake_workers();
    engine.console_changed(scope);
    Ok(Asked::Accepted)
}
