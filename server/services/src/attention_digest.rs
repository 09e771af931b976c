//! Mails those who manage credits once a day what needs attention (`docs/rules.md` 75).

use domain::{
    account::{Permission, PlatformRole, SiteKind, TenantRole},
    attention::{AttentionLine, undelivered_mail},
    mail::MailKind,
};
use store::{
    Scope, admins, attention_digests,
    entities::user,
    mails, platform_settings,
    sites::{self, Site},
};
use time::Duration;

use crate::{
    Engine, attention,
    mail::{self, Letter, Link},
};

/// How long after a mail there is no other.
const MAILED_EVERY: Duration = Duration::DAY;
/// How often a program where all is well is looked at.
const LOOKED_AT_EVERY: Duration = Duration::HOUR;

/// Mails the admins of every program where something needs attention, and that was not mailed today.
///
/// # Errors
/// If the database fails.
pub async fn send_due(engine: &Engine) -> anyhow::Result<()> {
    if !engine.mailer.can_send() {
        return Ok(());
    }
    let db = engine.db.reader();
    let waiting = attention_digests::waiting(db, engine.now()).await?;
    let is_due = |scope| !waiting.contains(&attention_digests::program(scope));
    for site in sites::all(db).await? {
        let scope = Scope::Site(site.id);
        if *site.kind == SiteKind::Tenant && is_due(scope) {
            let mut lines = attention::of(engine, scope, site.stripe_account_id)
                .await?
                .lines();
            let undelivered = mails::count_failed(db, site.id, attention::MOST).await?;
            lines.extend(undelivered_mail(undelivered));
            mail_admins(engine, scope, &site.name, &lines).await?;
        }
    }
    if is_due(Scope::Platform) {
        let account = platform_settings::get(db).await?.stripe_account_id;
        let attention = attention::of(engine, Scope::Platform, account).await?;
        let whose = "PewPros and CoachPros";
        mail_admins(engine, Scope::Platform, whose, &attention.lines()).await?;
    }
    Ok(())
}

async fn mail_admins(
    engine: &Engine,
    scope: Scope,
    whose: &str,
    lines: &[AttentionLine],
) -> anyhow::Result<()> {
    let now = engine.now();
    let next = match lines.is_empty() {
        true => now + LOOKED_AT_EVERY,
        false => now + MAILED_EVERY,
    };
    let tx = engine.db.begin().await?;
    if !attention_digests::claim(&tx, scope, now, next).await? {
        return Ok(());
    }
    let admins = match scope {
        _ if lines.is_empty() => Vec::new(),
        Scope::Site(site_id) => {
            let roles = TenantRole::ALL.into_iter();
            let roles: Vec<_> = roles
                .filter(|role| role.may(Permission::ManageCredits))
                .collect();
            admins::of_tenant(&tx, site_id, &roles).await?
        }
        Scope::Platform => admins::of_platform(&tx, &PlatformRole::ALL).await?,
    };
    for admin in admins {
        let Some(site) = sites::by_id(&tx, admin.site_id).await? else {
            continue;
        };
        let base_url = engine.base_url(&tx, site.id()).await?;
        let letter = letter(&site, &admin, whose, lines, &base_url);
        mail::write(engine, &tx, &site, &admin, MailKind::Attention, &letter).await?;
    }
    tx.commit().await?;
    engine.queue.wake_workers();
    Ok(())
}

fn letter<'a>(
    site: &'a Site,
    admin: &'a user::Model,
    whose: &str,
    lines: &[AttentionLine],
    base_url: &'a str,
) -> Letter<'a> {
    let line = |line: &AttentionLine| format!("{} {base_url}{}", line.sentence, line.path);
    Letter {
        subject: "Something needs your attention",
        first_name: &admin.first_name,
        before: std::iter::once(format!("This needs attention at {whose}:"))
            .chain(lines.iter().map(line))
            .collect(),
        link: Some(Link {
            label: "Open the console",
            url: format!("{base_url}/admin/referrals"),
        }),
        after: vec!["You get this email at most once a day, until everything is done.".to_owned()],
        site_name: &site.row.name,
        base_url,
        unsubscribe: None,
    }
}
