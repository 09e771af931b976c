//! Requests whose parameters always have the same order. async-stripe keeps metadata in a
//! `HashMap`, whose order changes with each call, and Stripe accepts an idempotency key only with
//! the same parameters.

use ::stripe::StripeRequest;
use stripe_client_core::RequestBuilder;

/// A request whose form parameters are sorted by name.
pub struct Ordered<R>(pub R);

impl<R: StripeRequest> StripeRequest for Ordered<R> {
    type Output = R::Output;

    fn build(&self) -> RequestBuilder {
        let mut request = self.0.build();
        request.body = request.body.map(|body| sorted(&body));
        request
    }
}

/// Sorts the pairs of a form by name; pairs with the same name keep their order.
fn sorted(form: &str) -> String {
    let mut pairs: Vec<_> = form.split('&').collect();
    pairs.sort_by_key(|pair| pair.split('=').next());
    pairs.join("&")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_sorted_and_values_stay_with_them() {
        assert_eq!(
            sorted("b=2&a=1&metadata[z]=x&metadata[c]=y"),
            "a=1&b=2&metadata[c]=y&metadata[z]=x"
        );
        assert_eq!(
            sorted("a[]=2&a[]=1"),
            "a[]=2&a[]=1",
            "a list keeps its order"
        );
        assert_eq!(sorted(""), "");
    }

    proptest! {
        #[test]
        fn the_same_pairs_give_the_same_bytes(
            pairs in prop::collection::btree_map("[a-z]{1,8}", "[a-z0-9]{0,8}", 0..12),
            seed in any::<usize>(),
        ) {
            let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let mut turned = pairs.clone();
            let by = seed % pairs.len().max(1);
            turned.rotate_left(by);
            prop_assert_eq!(sorted(&turned.join("&")), sorted(&pairs.join("&")));
        }
    }
}
