//! The addresses and logins of the demo, for people and for programs that set up a demo.

use domain::account::SiteKind;
use serde::Serialize;
use services::operator;
use store::{platform_settings, sites, stripe_accounts};
use web::state::AppState;

use super::{admins, sites::ALL, story::PASSWORD};

/// Everything that is needed to use the demo, including the keys of its own Stripe accounts.
#[derive(Serialize)]
pub struct Report {
    sites: Vec<SiteReport>,
    logins: Vec<Login>,
}

#[derive(Serialize)]
struct SiteReport {
    key: String,
    name: String,
    url: String,
    stripe_secret_key: String,
    webhook_secret: String,
    webhook_url: String,
    account: String,
}

#[derive(Serialize)]
struct Login {
    site: String,
    name: String,
    email: String,
    password: String,
    role: String,
}

/// Reads the report from the database.
pub async fn of(state: &AppState) -> anyhow::Result<Report> {
    let mut report = Report {
        sites: Vec::new(),
        logins: Vec::new(),
    };
    let platform = platform_settings::get(state.db.reader()).await?;
    for row in sites::all(state.db.reader()).await? {
        let host = sites::host_of(state.db.reader(), row.id)
            .await?
            .unwrap_or_default();
        let url = format!(
            "{}://{host}:{}",
            state.config.scheme(),
            state.config.listen.port()
        );
        let account_id = match *row.kind {
            SiteKind::Platform => platform.stripe_account_id,
            SiteKind::Tenant => row.stripe_account_id,
        };
        if let Some(account_id) = account_id
            && let Some(account) =
                stripe_accounts::by_id(state.db.reader(), &state.sealer, account_id).await?
        {
            report.sites.push(SiteReport {
                key: row.key.clone(),
                name: row.name,
                url: url.clone(),
                stripe_secret_key: account.secret_key,
                webhook_secret: account
                    .webhook_secrets
                    .into_iter()
                    .next()
                    .unwrap_or_default(),
                webhook_url: format!(
                    "http://{}{}",
                    state.config.listen,
                    operator::webhook_path(&account.public_id)
                ),
                account: account.public_id,
            });
        }
        let admins = admins::ALL.iter().filter(|admin| admin.site == row.key);
        report.logins.extend(admins.map(|admin| Login {
            site: row.key.clone(),
            name: format!("{} {}", admin.person.first_name, admin.person.last_name),
            email: admin.person.email.to_owned(),
            password: PASSWORD.to_owned(),
            role: admin.role.to_owned(),
        }));
        if let Some(demo) = ALL.iter().find(|demo| demo.key() == row.key) {
            report.logins.push(Login {
                site: row.key,
                name: format!(
                    "{} {}",
                    demo.people.member.first_name, demo.people.member.last_name
                ),
                email: demo.people.member.email.to_owned(),
                password: PASSWORD.to_owned(),
                role: "member".to_owned(),
            });
        }
    }
    Ok(report)
}

impl Report {
    /// Prints the addresses and logins for people.
    pub fn print(&self) {
        for site in &self.sites {
            println!("{:<22} {}", site.name, site.url);
            for login in self.logins.iter().filter(|login| login.site == site.key) {
                println!(
                    "  sign in as {} ({}) with {} / {}",
                    login.name, login.role, login.email, login.password
                );
            }
        }
    }
}
