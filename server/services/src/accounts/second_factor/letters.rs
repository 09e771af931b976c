//! The words of the mail about a second factor.

use store::{entities::user, sites::Site};

use crate::mail::{Letter, Link};

/// Tells a member that the second factor was turned on or off.
pub fn changed<'a>(
    site: &'a Site,
    member: &'a user::Model,
    on: bool,
    base_url: &'a str,
) -> Letter<'a> {
    let name = &site.row.name;
    let (subject, words) = match on {
        true => (
            "Your account now has a second factor",
            format!(
                "Signing in to your account at {name} now takes a code from your authenticator app."
            ),
        ),
        false => (
            "Your account no longer has a second factor",
            format!("Signing in to your account at {name} now takes only your password."),
        ),
    };
    Letter {
        subject,
        first_name: &member.first_name,
        before: vec![
            words,
            "If this was not you, choose a new password right away.".to_owned(),
        ],
        link: Some(Link {
            label: "See your account",
            url: format!("{base_url}/account"),
        }),
        after: Vec::new(),
        site_name: name,
        base_url,
        unsubscribe: None,
    }
}
