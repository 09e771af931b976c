//! How a member shares a link: by which channel, with which words (`docs/rules.md` 188 and 189).

mod channel;
mod page;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::forms::FieldError;

pub use channel::{Channel, Reached, VIA, counts_words, reached};
pub use page::CatalogPage;

/// The maximum number of characters in a site's message.
pub const MESSAGE_MAX: usize = 280;
/// What stands for the site's name in its message.
pub const SITE: &str = "{site}";
/// What stands for the member's link in it.
pub const LINK: &str = "{link}";
/// The message of a site that has none of its own.
pub const MESSAGE: &str = "Join me at {site}: {link}";

/// Everything but unreserved characters (RFC 3986, 2.3). A space becomes `%20`: mail programs show a plus sign.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Addresses that open the member's own program, with everything in it but the receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareLinks {
    /// RFC 6068.
    pub mail: String,
    /// RFC 5724, with `?&body=`, which iOS and Android both read.
    pub sms: String,
    pub whatsapp: String,
    /// What the browser's own menu passes on: the words, with the link in them.
    pub share: String,
}

impl ShareLinks {
    /// Of this link, with the message of the site, or ours if it has none.
    pub fn of(link: &str, site: &str, message: Option<&str>) -> Self {
        let words = |channel: Channel| share_text(&channel.marked(link), site, message);
        // A mail separates lines so.
        let body = words(Channel::Mail).replace('\n', "\r\n");
        let subject = encoded(&format!("Join me at {site}"));
        let (sms, whatsapp) = (words(Channel::Sms), words(Channel::WhatsApp));
        Self {
            mail: format!("mailto:?subject={subject}&body={}", encoded(&body)),
            sms: format!("sms:?&body={}", encoded(&sms)),
            whatsapp: format!("https://wa.me/?text={}", encoded(&whatsapp)),
            share: words(Channel::Share),
        }
    }
}

/// What goes along with this link: the message of the site, or ours if it has none.
pub fn share_text(link: &str, site: &str, message: Option<&str>) -> String {
    filled(message.unwrap_or(MESSAGE), site, link)
}

/// The message with the site's name and the link, which comes last where the message does not say where.
fn filled(message: &str, site: &str, link: &str) -> String {
    // A site may be called `{link}`.
    let parts = message.split(LINK).map(|part| part.replace(SITE, site));
    let parts: Vec<_> = parts.collect();
    match parts.len() {
        1 => format!("{} {link}", parts.concat().trim_end()),
        _ => parts.join(link),
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

/// Reads the message that an admin typed; `None` for an empty one, which is ours.
///
/// # Errors
/// If it is too long, or has characters that nobody sees.
pub fn read_message(typed: &str) -> Result<Option<String>, FieldError> {
    let lines: Vec<_> = typed.trim().lines().map(str::trim_end).collect();
    let message = lines.join("\n");
    let complaint = if message.chars().count() > MESSAGE_MAX {
        Some(format!("Use at most {MESSAGE_MAX} characters."))
    } else if message.contains(|letter: char| letter.is_control() && letter != '\n') {
        Some("Remove the invisible characters.".to_owned())
    } else {
        None
    };
    match complaint {
        Some(complaint) => Err(FieldError::new("message", complaint)),
        None => Ok((!message.is_empty()).then_some(message)),
    }
}

#[cfg(test)]
mod tests {
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;

    use super::*;

    const JANES: &str = "https://detroitarms.com?ref=ab3kx7mn";

    fn links(message: Option<&str>) -> ShareLinks {
        ShareLinks::of(JANES, "Detroit Arms", message)
    }

    #[test]
    fn each_link_says_which_way_it_went() {
        let links = links(None);
        assert_eq!(
            links.mail,
            "mailto:?subject=Join%20me%20at%20Detroit%20Arms&body=Join%20me%20at%20Detroit%20Arms%3A%20\
             https%3A%2F%2Fdetroitarms.com%3Fref%3Dab3kx7mn%26via%3Dmail"
        );
        assert_eq!(
            links.sms,
            "sms:?&body=Join%20me%20at%20Detroit%20Arms%3A%20\
             https%3A%2F%2Fdetroitarms.com%3Fref%3Dab3kx7mn%26via%3Dsms"
        );
        assert_eq!(
            links.whatsapp,
            "https://wa.me/?text=Join%20me%20at%20Detroit%20Arms%3A%20\
             https%3A%2F%2Fdetroitarms.com%3Fref%3Dab3kx7mn%26via%3Dwhatsapp"
        );
        let words = format!("Join me at Detroit Arms: {JANES}&via=share");
        assert_eq!(links.share, words);
    }

    #[test]
    fn a_message_has_its_own_words_and_always_the_link() {
        let link = "L";
        for (message, expected) in [
            (
                "Come to {site}! {link} See you.",
                "Come to Arms! L See you.",
            ),
            ("Come to {site}.", "Come to Arms. L"),
            ("{link} or {link}", "L or L"),
            ("{other}", "{other} L"),
        ] {
            assert_eq!(filled(message, "Arms", link), expected);
        }
        assert_eq!(filled("{site}: {link}", "{link}", link), "{link}: L");
    }

    #[test]
    fn lines_of_a_mail_end_as_mail_has_them() {
        let links = links(Some("One.\nTwo. {link}"));
        assert!(
            links.mail.contains("One.%0D%0ATwo.%20https"),
            "{}",
            links.mail
        );
        assert!(links.sms.contains("One.%0ATwo.%20https"), "{}", links.sms);
    }

    #[test]
    fn a_message_is_read() {
        for (typed, read) in [
            ("", None),
            (" \r\n ", None),
            (" Come! {link} ", Some("Come! {link}")),
            ("One. \r\nTwo 🎯\u{fe0f}", Some("One.\nTwo 🎯\u{fe0f}")),
        ] {
            assert_eq!(
                read_message(typed),
                Ok(read.map(str::to_owned)),
                "{typed:?}"
            );
        }
        assert!(read_message(&"é".repeat(MESSAGE_MAX)).is_ok());
        for typed in ["é".repeat(MESSAGE_MAX + 1), "a\u{7}b".to_owned()] {
            assert_eq!(read_message(&typed).unwrap_err().field, "message");
        }
    }

    proptest! {
        #[test]
        fn whatever_the_words_are_the_program_gets_them(message in ".{0,60}", site in ".{0,20}") {
            let links = ShareLinks::of(JANES, &site, Some(&message));
            let text = links.whatsapp.strip_prefix("https://wa.me/?text=").unwrap();
            prop_assert!(!text.contains(['&', '#', ' ', '+', '"', '<']), "{text}");
            let decoded = percent_decode_str(text).decode_utf8().unwrap();
            let sent = filled(&message, &site, &Channel::WhatsApp.marked(JANES));
            prop_assert_eq!(decoded, sent.as_str());
            prop_assert!(sent.contains("ref=ab3kx7mn&via=whatsapp"));
        }
    }
}
