//! The admins of the demo: one of each kind, and one login that is both.

use domain::forms::RegistrationForm;
use services::{
    Engine,
    operator::admins::{self, NewAdmin, StaffRole},
};

use super::story::{PASSWORD, Person};

/// An admin of the demo.
pub struct DemoAdmin {
    /// The site where they sign in.
    pub site: &'static str,
    pub person: Person,
    /// The role as the list of logins shows it.
    pub role: &'static str,
    platform: bool,
    platform_only: bool,
}

pub const ALL: [DemoAdmin; 4] = [
    DemoAdmin {
        site: "detroit-arms",
        person: Person {
            first_name: "Dana",
            last_name: "Cole",
            email: "dana@example.com",
        },
        role: "tenant admin",
        platform: false,
        platform_only: false,
    },
    DemoAdmin {
        site: "detroit-arms",
        person: Person {
            first_name: "Pat",
            last_name: "Quinn",
            email: "pat@example.com",
        },
        role: "tenant and platform admin",
        platform: true,
        platform_only: false,
    },
    DemoAdmin {
        site: "motor-city-coaching",
        person: Person {
            first_name: "Rosa",
            last_name: "Vance",
            email: "rosa@example.com",
        },
        role: "tenant admin",
        platform: false,
        platform_only: false,
    },
    DemoAdmin {
        site: "pewpros",
        person: Person {
            first_name: "Alex",
            last_name: "Moreno",
            email: "alex@example.com",
        },
        role: "platform admin",
        platform: true,
        platform_only: true,
    },
];

/// Creates the admins who sign in at `site`.
pub async fn make(state: &Engine, site: &str) -> anyhow::Result<()> {
    for admin in ALL.iter().filter(|admin| admin.site == site) {
        let new = NewAdmin {
            site,
            form: RegistrationForm {
                email: admin.person.email.to_owned(),
                password: PASSWORD.to_owned(),
                first_name: admin.person.first_name.to_owned(),
                last_name: admin.person.last_name.to_owned(),
                date_of_birth: "1984-06-02".to_owned(),
            },
            platform: admin.platform,
            platform_only: admin.platform_only,
            role: StaffRole::Owner,
        };
        admins::create(state, new).await?;
    }
    Ok(())
}
