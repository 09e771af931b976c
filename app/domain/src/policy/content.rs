//! What an admin types of a policy: the text itself, or the address of the site's own page.

use crate::{
    forms::{FieldError, FieldErrorCode},
    site_profile::read_host_name,
};

/// The maximum number of characters in a text.
pub const CONTENT_MAX: usize = 20_000;
/// The maximum number of bytes in an address.
const ADDRESS_MAX: usize = 500;
/// The field of the form.
const FIELD: &str = "content";

const TOO_LONG: &str =
    "Use at most 20,000 characters, or enter the address of a page that has it all.";
const NO_ADDRESS: &str = "Enter an address that begins with https://, like https://example.com/terms, or the text itself.";

/// Reads what was typed; `None` for nothing. Paragraphs stay apart, and what no page can show becomes a space.
///
/// # Errors
/// If it is too long, or an address that no browser should be sent to.
pub fn read_content(typed: &str) -> Result<Option<String>, FieldError> {
    let shown = |letter: char| match letter.is_control() && letter != '\n' {
        true => ' ',
        false => letter,
    };
    let plain = typed.replace("\r\n", "\n");
    let plain: String = plain.chars().map(shown).collect();
    let lines: Vec<_> = plain.trim().lines().map(str::trim_end).collect();
    let content = lines.join("\n");
    let refused = |code, message| Err(FieldError::coded(code, FIELD, message));
    if content.chars().count() > CONTENT_MAX {
        return refused(FieldErrorCode::TooLong, TOO_LONG);
    }
    if is_meant_as_address(&content) && page_address(&content).is_none() {
        return refused(FieldErrorCode::Malformed, NO_ADDRESS);
    }
    Ok((!content.is_empty()).then_some(content))
}

/// The content, if it is an address to which browsers are sent.
pub fn page_address(content: &str) -> Option<&str> {
    page_host(content).map(|_| content)
}

/// The host of that address, without its port.
pub fn page_host(content: &str) -> Option<&str> {
    let rest = content.strip_prefix("https://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let host = &rest[..end];
    let (name, port) = host.split_once(':').unwrap_or((host, ""));
    let is_host = name.contains('.')
        && read_host_name(name).is_ok()
        && port.bytes().all(|byte| byte.is_ascii_digit());
    (is_host && content.len() <= ADDRESS_MAX && content.bytes().all(is_plain)).then_some(name)
}

/// One word with a scheme, or what browsers take for one: no text of terms looks so.
fn is_meant_as_address(content: &str) -> bool {
    let is_one_word = !content.contains(char::is_whitespace);
    is_one_word && (content.contains("://") || content.starts_with("www."))
}

/// Characters that a URL can have (RFC 3986, 2), without those that browsers read as others.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(typed: &str) -> Option<String> {
        read_content(typed).unwrap()
    }

    #[test]
    fn a_text_keeps_its_paragraphs() {
        assert_eq!(
            read(" One. \r\n\r\nTwo:\r\n- a\tb\r\n- c\u{0}\r\n").as_deref(),
            Some("One.\n\nTwo:\n- a b\n- c")
        );
        assert_eq!(read(" \r\n\u{0}\t"), None);
        assert!(read_content(&"é".repeat(CONTENT_MAX)).is_ok());
        let error = read_content(&"é".repeat(CONTENT_MAX + 1)).unwrap_err();
        assert_eq!(
            (&*error.field, error.code),
            ("content", FieldErrorCode::TooLong)
        );
    }

    #[test]
    fn an_address_leads_to_a_page_of_https() {
        for (address, host) in [
            ("https://example.com/terms", "example.com"),
            ("https://www.example.com:8443/a?b=c#d", "www.example.com"),
            ("https://example.com", "example.com"),
        ] {
            assert_eq!(read(address).as_deref(), Some(address));
            assert_eq!(page_host(address), Some(host));
        }
        for bad in [
            "http://example.com/terms",
            "https://localhost/terms",
            "https://example.com@evil.example/",
            "https://example.com:x/",
            "https://evil.example\\@example.com/",
            "https:///terms",
            "javascript://example.com/%0aalert(1)",
            "www.example.com/terms",
        ] {
            let error = read_content(bad).unwrap_err();
            assert_eq!(error.code, FieldErrorCode::Malformed, "{bad}");
        }
        let text = "Our terms are at https://example.com/terms";
        assert_eq!(read(text).as_deref(), Some(text));
        assert_eq!(page_address(text), None);
    }

    proptest! {
        #[test]
        fn what_was_read_reads_the_same_again(typed in "\\PC{0,40}[\\n\\r\\t ]{0,4}\\PC{0,40}") {
            if let Ok(Some(content)) = read_content(&typed) {
                prop_assert_eq!(read_content(&content), Ok(Some(content.clone())));
            }
        }
    }
}
