//! Addresses that are lent for minutes. The list is a crate's, which is updated with the others.

use tokio::task;

/// Whether the address is at a domain for disposable addresses, or below one. The first time, which reads the
/// list, takes a moment.
///
/// # Errors
/// If the process ends meanwhile.
pub async fn is_disposable(email: &str) -> anyhow::Result<bool> {
    let email = email.to_owned();
    Ok(task::spawn_blocking(move || is_listed(&email)).await?)
}

fn is_listed(email: &str) -> bool {
    let mut name = email.rsplit_once('@').map(|(_, domain)| domain);
    while let Some(domain) = name.filter(|domain| domain.contains('.')) {
        if disposable::is_domain(domain) {
            return true;
        }
        name = domain.split_once('.').map(|(_, parent)| parent);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_and_what_is_below_it_is_known() {
        for email in [
            "throw@mailinator.com",
            "Throw@MAILINATOR.com",
            "throw@away.mailinator.com",
        ] {
            assert!(is_listed(email), "{email}");
        }
        for email in ["jane@example.com", "jane@gmail.com", "mailinator.com", ""] {
            assert!(!is_listed(email), "{email}");
        }
    }
}
