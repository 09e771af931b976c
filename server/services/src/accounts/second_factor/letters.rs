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
            "Your account has a second factor",
            format!(
                "Signing in to your account at {name} now needs a code of your authenticator app."
            ),
        ),
        false => (
            "Your account has no second factor any more",
            format!("Signing in to your account at {name} now needs your password alone."),
        ),
    };
    Letter {
        subject,
        first_name: &member.first_name,
        before: vec![
            words,
            "If it was not you, choose a new password at once.".to_owned(),
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
