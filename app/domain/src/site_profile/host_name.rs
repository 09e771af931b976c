//! Host names, as an operator types them.

/// Reads a typed host name into the form in which it is looked up: in lower case, in ASCII (IDNA, UTS
/// 46), without a dot at the end.
///
/// # Errors
/// A sentence that says what to change.
pub fn read_host_name(typed: &str) -> Result<String, &'static str> {
    let name = typed.trim();
    if name.contains(['/', ':', '?', '#', '@', '\\', '[', ']'])
        || name.contains(char::is_whitespace)
    {
        return Err(
            "give the host name alone, like detroitarms.com, without https://, port or path",
        );
    }
    let name = name.strip_suffix('.').unwrap_or(name);
    match idna::domain_to_ascii_strict(name) {
        Ok(name) if !name.is_empty() => Ok(name),
        _ => Err("not a host name; give one like detroitarms.com"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_has_one_spelling() {
        for (typed, read) in [
            ("detroitarms.com", "detroitarms.com"),
            (" WWW.DetroitArms.com. ", "www.detroitarms.com"),
            ("bücher.de", "xn--bcher-kva.de"),
            ("BÜCHER.de", "xn--bcher-kva.de"),
            ("xn--bcher-kva.de", "xn--bcher-kva.de"),
            ("ｄｅｔｒｏｉｔ.com", "detroit.com"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(read_host_name(typed).as_deref(), Ok(read), "{typed}");
            assert_eq!(read_host_name(read).as_deref(), Ok(read), "{read}");
        }
    }

    #[test]
    fn what_is_no_host_name_is_refused() {
        let long = format!("{}.com", "a".repeat(64));
        for typed in [
            "", ".", "a b", "a..b", "a_b.com", "-a.com", "<script>", "ho%st", "xn--a", "[::1]",
            &long,
        ] {
            assert!(read_host_name(typed).is_err(), "{typed}");
        }
        for typed in [
            "https://detroitarms.com",
            "detroitarms.com:443",
            "detroitarms.com/shop",
        ] {
            assert!(
                read_host_name(typed).unwrap_err().contains("alone"),
                "{typed}"
            );
        }
    }
}
