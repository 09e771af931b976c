//! The pages of Stripe's dashboard on which an admin finds what an id names.

use super::StripeMode;

/// The address of the page about `id`. A balance transaction stands on the page of its `customer`; a
/// Checkout session, and whatever has no page of its own, is found by the dashboard's search. `None` for
/// what is no id of Stripe's that pages show.
pub fn dashboard_url(id: &str, mode: StripeMode, customer: Option<&str>) -> Option<String> {
    let (kind, rest) = id.split_once('_')?;
    let is_plain = |text: &str| {
        let mut letters = text.bytes();
        !text.is_empty() && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == b'_')
    };
    if !is_plain(rest) {
        return None;
    }
    let customer = customer.filter(|customer| is_plain(customer));
    let page = match (kind, customer) {
        ("cus", _) => format!("customers/{id}"),
        ("pi", _) => format!("payments/{id}"),
        ("sub", _) => format!("subscriptions/{id}"),
        ("in", _) => format!("invoices/{id}"),
        ("cbtxn", Some(customer)) => format!("customers/{customer}"),
        ("cs" | "cbtxn", _) => format!("search?query={id}"),
        _ => return None,
    };
    let mode = match mode {
        StripeMode::Test => "test/",
        StripeMode::Live => "",
    };
    Some(format!("https://dashboard.stripe.com/{mode}{page}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn live(id: &str) -> Option<String> {
        dashboard_url(id, StripeMode::Live, Some("cus_R3k"))
    }

    #[test]
    fn each_kind_has_its_page() {
        let pages = [
            ("cus_R3k", "customers/cus_R3k"),
            ("pi_1", "payments/pi_1"),
            ("sub_1", "subscriptions/sub_1"),
            ("in_1", "invoices/in_1"),
            ("cbtxn_1QfX2", "customers/cus_R3k"),
            ("cs_live_a1", "search?query=cs_live_a1"),
        ];
        for (id, page) in pages {
            let url = format!("https://dashboard.stripe.com/{page}");
            assert_eq!(live(id), Some(url), "{id}");
        }
    }

    #[test]
    fn test_data_has_pages_of_its_own() {
        let test = |id| dashboard_url(id, StripeMode::Test, None);
        let customer = "https://dashboard.stripe.com/test/customers/cus_R3k";
        assert_eq!(test("cus_R3k").as_deref(), Some(customer));
        let found = "https://dashboard.stripe.com/test/search?query=cbtxn_1";
        assert_eq!(test("cbtxn_1").as_deref(), Some(found));
    }

    #[test]
    fn what_is_no_id_of_stripes_has_no_page() {
        for id in [
            "",
            "cus_",
            "tenant:7:12",
            "3",
            "we_1",
            "cus_a/b",
            "cus_a?b=c",
            "pi_ 1",
        ] {
            assert_eq!(live(id), None, "{id}");
        }
        let odd = dashboard_url("cbtxn_1", StripeMode::Live, Some("a/b"));
        let found = "https://dashboard.stripe.com/search?query=cbtxn_1";
        assert_eq!(odd.as_deref(), Some(found));
    }
}
