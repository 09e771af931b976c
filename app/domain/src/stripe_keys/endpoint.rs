//! The webhook endpoint at Stripe that delivers an account's events: when it is made, and what is
//! wrong with one.

/// The events that an endpoint must send (Stripe, "Types of events").
pub const EVENTS: [&str; 14] = [
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.refunded",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_reinstated",
    "customer.subscription.updated",
    "customer.subscription.deleted",
];

/// Counts the changes of [`EVENTS`]: an endpoint that we created with fewer events is told the present
/// ones. It was 0 before refunds, and 1 before memberships.
pub const EVENTS_VERSION: i64 = 2;

/// The most endpoints that Stripe keeps for an account in one mode.
const MOST: usize = 16;

/// A webhook endpoint as Stripe lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundEndpoint {
    /// `we_…`.
    pub id: String,
    pub url: String,
    /// Stripe sends events to it.
    pub enabled: bool,
    /// The events that it sends; `*` for all of them.
    pub events: Vec<String>,
}

impl FoundEndpoint {
    /// The host of its address, in lower case and without a port, if the address has this path.
    pub fn host_at(&self, path: &str) -> Option<String> {
        let (_, authority) = self.url.strip_suffix(path)?.split_once("://")?;
        let host = match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => authority,
        };
        Some(host.to_ascii_lowercase())
    }

    /// What keeps the endpoint from telling every payment; `None` if nothing does.
    pub fn complaint(&self) -> Option<String> {
        if !self.enabled {
            return Some("The webhook endpoint is disabled at Stripe. Enable it there.".to_owned());
        }
        let sends = |event: &&str| self.events.iter().any(|sent| sent == "*" || sent == *event);
        let missing: Vec<_> = EVENTS.into_iter().filter(|event| !sends(event)).collect();
        (!missing.is_empty()).then(|| {
            format!(
                "The webhook endpoint at Stripe does not send {}. Add what is missing there.",
                missing.join(", ")
            )
        })
    }
}

/// Why an endpoint must be made by hand in Stripe's dashboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByHand {
    /// Stripe delivers to `https` addresses only.
    NotHttps,
    /// Stripe cannot reach this computer.
    Local,
    /// The key may not write webhook endpoints.
    NotAllowed,
    /// The account has as many endpoints as Stripe keeps.
    Full,
    /// Stripe did not answer, or refused.
    Unanswered,
}

impl ByHand {
    /// Why, and what to do.
    pub fn sentence(self) -> String {
        let why = match self {
            Self::NotHttps => "Stripe delivers events to https addresses only.",
            Self::Local => "Stripe cannot reach this computer's address.",
            Self::NotAllowed => "This key may not create webhook endpoints.",
            Self::Full => "The account already has 16 webhook endpoints, as many as Stripe keeps.",
            Self::Unanswered => "Stripe did not create the webhook endpoint.",
        };
        format!(
            "{why} Create one by hand: in Stripe, enter the webhook address, choose the events that are \
             listed here, and save the signing secret (whsec_…) that Stripe then shows."
        )
    }
}

/// Checks that Stripe can deliver to `url`. Where payments are `simulated`, the simulation runs on
/// this computer and can reach it.
///
/// # Errors
/// [`ByHand`] says why not.
pub fn deliverable(url: &str, simulated: bool) -> Result<(), ByHand> {
    if simulated {
        return Ok(());
    }
    let Some(rest) = url.strip_prefix("https://") else {
        return Err(ByHand::NotHttps);
    };
    let authority = rest.split('/').next().unwrap_or_default();
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    let local = host == "localhost"
        || host.ends_with(".localhost")
        || host.ends_with(".local")
        || host.starts_with("127.")
        || host == "[::1]"
        || !host.contains(['.', ':']);
    match local {
        true => Err(ByHand::Local),
        false => Ok(()),
    }
}

/// The endpoints (`we_…`) that a new one replaces, among those that were `found`: each that `is_ours`.
/// Stripe tells a signing secret at the creation only, so that another one is created where it is not
/// known.
///
/// # Errors
/// [`ByHand::Full`] if Stripe has no room for another one.
pub fn replaced_endpoints(
    found: &[FoundEndpoint],
    is_ours: impl Fn(&FoundEndpoint) -> bool,
) -> Result<Vec<String>, ByHand> {
    if found.len() >= MOST {
        return Err(ByHand::Full);
    }
    let ours = found.iter().filter(|one| is_ours(one));
    Ok(ours.map(|one| one.id.clone()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://detroitarms.com/webhooks/stripe/abc";

    fn found(id: &str, url: &str) -> FoundEndpoint {
        FoundEndpoint {
            id: id.to_owned(),
            url: url.to_owned(),
            enabled: true,
            events: EVENTS.map(str::to_owned).to_vec(),
        }
    }

    #[test]
    fn a_new_one_replaces_those_that_are_ours() {
        let all = [found("we_1", URL), found("we_2", "https://other.com/")];
        let ours = |one: &FoundEndpoint| one.url == URL;
        assert_eq!(replaced_endpoints(&all, ours), Ok(vec!["we_1".to_owned()]));
        assert_eq!(replaced_endpoints(&[], ours), Ok(Vec::new()));
    }

    #[test]
    fn an_endpoint_is_known_by_its_path_at_any_host() {
        let path = "/webhooks/stripe/abc";
        let host = |url| found("we_1", url).host_at(path);
        assert_eq!(host(URL).as_deref(), Some("detroitarms.com"));
        let elsewhere = "http://PewPros.localhost:3000/webhooks/stripe/abc";
        assert_eq!(host(elsewhere).as_deref(), Some("pewpros.localhost"));
        assert_eq!(host("https://detroitarms.com/webhooks/stripe/abcd"), None);
        assert_eq!(host("/webhooks/stripe/abc"), None);
    }

    #[test]
    fn stripe_keeps_sixteen() {
        let all: Vec<_> = (0..16)
            .map(|number| found(&number.to_string(), ""))
            .collect();
        assert_eq!(replaced_endpoints(&all, |_| true), Err(ByHand::Full));
        assert!(replaced_endpoints(&all[1..], |_| true).is_ok());
    }

    #[test]
    fn stripe_delivers_to_public_addresses_over_tls() {
        for url in [URL, "https://range.example:8443/webhooks/stripe/abc"] {
            assert_eq!(deliverable(url, false), Ok(()), "{url}");
        }
        for (url, why) in [
            ("http://detroitarms.com/", ByHand::NotHttps),
            ("https://localhost:3000/", ByHand::Local),
            ("https://detroit.localhost/", ByHand::Local),
            ("https://127.0.0.1/", ByHand::Local),
            ("https://[::1]:3000/", ByHand::Local),
            ("https://range/", ByHand::Local),
            ("https://range.local/", ByHand::Local),
        ] {
            assert_eq!(deliverable(url, false), Err(why), "{url}");
            assert_eq!(deliverable(url, true), Ok(()), "{url}");
        }
    }

    #[test]
    fn an_endpoint_says_what_it_lacks() {
        let whole = found("we_1", URL);
        assert_eq!(whole.complaint(), None);
        let all = FoundEndpoint {
            events: vec!["*".to_owned()],
            ..whole.clone()
        };
        assert_eq!(all.complaint(), None);
        let some = FoundEndpoint {
            events: EVENTS[..3].iter().map(|&event| event.to_owned()).collect(),
            ..whole.clone()
        };
        let complaint = some.complaint().unwrap();
        assert!(complaint.contains("does not send checkout.session.expired, refund.created,"));
        let off = FoundEndpoint {
            enabled: false,
            ..whole
        };
        assert!(off.complaint().unwrap().contains("disabled"));
    }
}
