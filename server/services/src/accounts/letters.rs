//! The words of the mails about a member's address and sign-ins.

use store::{entities::user, sites::Site};

use crate::mail::{Letter, Link};

/// The path of the page that the link opens.
const CONFIRM_PATH: &str = "/confirm-email";

/// The link that proves that `email` is the member's.
pub fn confirm_address<'a>(
    site: &'a Site,
    member: &'a user::Model,
    email: &str,
    base_url: &'a str,
    token: &str,
) -> Letter<'a> {
    let name = &site.row.name;
    let words = match email == member.email {
        true => format!("You registered at {name} with this email address."),
        false => format!("You asked to use this email address at {name} from now on: {email}."),
    };
    Letter {
        subject: "Confirm your email address",
        first_name: &member.first_name,
        before: vec![words, "Please confirm that it is yours.".to_owned()],
        link: Some(Link {
            label: "Confirm this address",
            url: format!("{base_url}{CONFIRM_PATH}?token={token}"),
        }),
        after: vec![
            "The link works once, for three days.".to_owned(),
            "If this was not you, you can ignore this email.".to_owned(),
        ],
        site_name: name,
        base_url,
        unsubscribe: None,
    }
}

/// Tells the former and the new address of a change to `email`.
pub fn address_changed<'a>(
    site: &'a Site,
    member: &'a user::Model,
    email: &str,
    base_url: &'a str,
) -> Letter<'a> {
    let (name, former) = (&site.row.name, &member.email);
    Letter {
        subject: "Your email address was changed",
        first_name: &member.first_name,
        before: vec![
            format!(
                "The email address of your account at {name} was changed from {former} to {email}."
            ),
            "You sign in with the new address from now on.".to_owned(),
        ],
        link: None,
        after: vec![format!("If this was not you, contact {name} right away.")],
        site_name: name,
        base_url,
        unsubscribe: None,
    }
}

/// Tells an admin of a sign-in with `browser` from `network`, at `when` (UTC).
pub fn signed_in<'a>(
    site: &'a Site,
    member: &'a user::Model,
    (browser, network, when): (&str, &str, &str),
    base_url: &'a str,
) -> Letter<'a> {
    Letter {
        subject: "New sign-in to your account",
        first_name: &member.first_name,
        before: vec![
            format!(
                "Somebody signed in to your account at {}, which has access to the console.",
                site.row.name
            ),
            format!("{when}, with {browser}, from the network {network}."),
            "If this was you, there is nothing to do. If not, choose a new password right away. \
             That signs out every browser and phone."
                .to_owned(),
        ],
        link: Some(Link {
            label: "See where you are signed in",
            url: format!("{base_url}/account"),
        }),
        after: Vec::new(),
        site_name: &site.row.name,
        base_url,
        unsubscribe: None,
    }
}
