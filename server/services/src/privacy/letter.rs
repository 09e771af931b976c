//! The words of the mail that confirms a deletion.

use store::{entities::user, sites::Site};

use crate::mail::Letter;

/// Tells whoever had the account that it is gone.
pub fn deleted<'a>(site: &'a Site, member: &'a user::Model, base_url: &'a str) -> Letter<'a> {
    let name = &site.row.name;
    Letter {
        subject: "Your account was deleted",
        first_name: &member.first_name,
        before: vec![
            format!("Your account at {name} was deleted, with everything that identified you."),
            "Records of what was bought and earned are kept, without your name.".to_owned(),
            format!("If you did not ask for this, contact {name}."),
        ],
        link: None,
        after: Vec::new(),
        site_name: name,
        base_url,
        unsubscribe: None,
    }
}
