//! The words of a purchase's page. The server writes them, so that the browser need not have them all.

use domain::purchase::{MoneyBack, PurchaseState};

use super::PurchaseLine;

/// The heading of the page of a purchase, and the sentences below it. `covered` says that credit paid
/// for all of it, and `back` what of it went back.
pub fn purchase_words(
    purchase: &PurchaseLine,
    covered: bool,
    back: &MoneyBack,
) -> (String, String) {
    let (title, words) = words_of_state(purchase, covered);
    match back.sentence() {
        Some(back_words) if back.is_whole => {
            let title = format!("{} was refunded", purchase.product_name);
            (title, back_words)
        }
        Some(back_words) => (title, format!("{words} {back_words}")),
        None => (title, words.to_owned()),
    }
}

fn words_of_state(purchase: &PurchaseLine, covered: bool) -> (String, &'static str) {
    let name = &purchase.product_name;
    match purchase.state {
        PurchaseState::Open => (
            "Not paid yet".to_owned(),
            "We have not received your payment yet. If you just paid, check again in a moment.",
        ),
        PurchaseState::Processing => (
            "Your payment is being processed".to_owned(),
            "This can take a few days with your payment method. You can leave this page: your \
             dashboard shows when your payment arrives.",
        ),
        PurchaseState::Paid if !purchase.price.is_positive() => (
            format!("You have {name}"),
            "It was free, so it does not count as a first purchase.",
        ),
        PurchaseState::Paid if covered => (
            format!("You bought {name}"),
            "Your credit paid for it. Thank you.",
        ),
        PurchaseState::Paid if purchase.in_person => {
            (format!("You bought {name}"), "Paid in person. Thank you.")
        }
        PurchaseState::Paid => (
            format!("You bought {name}"),
            "Your payment went through. Thank you.",
        ),
        PurchaseState::Failed => (
            "The payment failed".to_owned(),
            "The payment could not be completed, so nothing was bought. You can try again.",
        ),
        PurchaseState::Undone => (
            "This sale was undone".to_owned(),
            "Credit that you used for it comes back to you.",
        ),
        PurchaseState::Expired => (
            "This purchase has expired".to_owned(),
            "It was not paid in time. Nothing was charged. You can start again.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        money::{Currency, Money},
        purchase::ProductKind,
    };

    use super::*;

    fn bought() -> PurchaseLine {
        PurchaseLine {
            id: 1,
            product_name: "Steel Challenge".to_owned(),
            kind: ProductKind::EventTicket,
            product_path: "/events/steel".to_owned(),
            price: Money::new(3900, Currency::Usd),
            state: PurchaseState::Paid,
            bought_on: String::new(),
            bought_at: String::new(),
            in_person: false,
        }
    }

    #[test]
    fn what_credit_paid_for_is_said_to_be_paid_with_credit() {
        let words = |covered| purchase_words(&bought(), covered, &MoneyBack::default()).1;
        assert_eq!(words(true), "Your credit paid for it. Thank you.");
        assert!(words(false).starts_with("Your payment went through."));
    }

    #[test]
    fn a_counter_sale_that_credit_paid_for_was_not_paid_in_person() {
        let sale = PurchaseLine {
            in_person: true,
            ..bought()
        };
        let words = |covered| purchase_words(&sale, covered, &MoneyBack::default()).1;
        assert_eq!(words(true), "Your credit paid for it. Thank you.");
        assert_eq!(words(false), "Paid in person. Thank you.");
    }

    #[test]
    fn what_went_back_is_said() {
        let part = MoneyBack {
            card: Some("$10.00".to_owned()),
            ..MoneyBack::default()
        };
        let (title, words) = purchase_words(&bought(), false, &part);
        assert_eq!(title, "You bought Steel Challenge");
        assert!(words.ends_with("Thank you. $10.00 went back to your card."));
        let whole = MoneyBack {
            is_whole: true,
            ..part
        };
        let (title, words) = purchase_words(&bought(), false, &whole);
        assert_eq!(title, "Steel Challenge was refunded");
        assert_eq!(words, "$10.00 went back to your card.");
    }
}
