//! Checks that an address from a request leads to this site.

/// `address` if it is a path of this site; `None` for an address that a browser could understand as
/// another host (`//host`, `/\host`, `https:…`) or that could split a header.
pub fn path(address: &str) -> Option<&str> {
    let inside = address.starts_with('/')
        && !address.starts_with("//")
        && !address.contains(['\\'])
        && !address.chars().any(char::is_control);
    inside.then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_pass() {
        for inside in ["/", "/dashboard", "/events/ladies-night?cancelled=1#buy"] {
            assert_eq!(path(inside), Some(inside));
        }
        for outside in [
            "",
            "dashboard",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nb",
            "javascript:alert(1)",
        ] {
            assert_eq!(path(outside), None, "{outside:?}");
        }
    }
}
