//! Why a refund was refused or failed, in words.

/// The code that we store where the secret key is rejected or may not make refunds.
pub const KEY_NEEDS_ATTENTION: &str = "key_needs_attention";

/// The sentence for a code of ours or of Stripe's (Stripe, "Error codes", "Failed refunds").
pub fn failure_sentence(code: &str) -> String {
    let known = match code {
        KEY_NEEDS_ATTENTION => "The Stripe key needs attention, or may not make refunds",
        "charge_already_refunded" => "The payment was refunded before",
        "charge_disputed" | "disputed" | "charge_pending_dispute" => "The payment is disputed",
        "amount_too_large" => "Less is left of the payment",
        "insufficient_funds" | "balance_insufficient" => {
            "There is not enough money on the Stripe balance"
        }
        "expired_or_canceled_card" => "The card has expired or was canceled",
        "lost_or_stolen_card" => "The card was lost or stolen",
        "declined" => "The bank declined it",
        "merchant_request" => "It was canceled in Stripe's dashboard",
        "" => "Stripe gave no reason",
        code => return format!("Stripe gave this reason: {code}"),
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_always_told() {
        assert_eq!(failure_sentence("declined"), "The bank declined it");
        assert_eq!(failure_sentence(""), "Stripe gave no reason");
        assert!(failure_sentence("new_code").ends_with("new_code"));
    }
}
