//! Waiting for Stripe's word: the page looks again by itself, ever less often.

use leptos::prelude::*;
use leptos_meta::Meta;

use super::query;

/// How many seconds pass before the page looks again. When they are used up the person looks, not
/// the page: a purchase that was left behind stays open for a day.
const LOOKS: [u8; 9] = [1, 2, 2, 3, 5, 8, 13, 21, 34];

/// Makes the page `here` look again and says so; `None` once it has looked often enough.
pub fn look_again(here: &str) -> Option<(impl IntoView + use<>, &'static str)> {
    let looked = query("look")
        .and_then(|look| look.parse::<usize>().ok())
        .unwrap_or(0);
    let content = refresh(here, looked)?;
    let meta = view! { <Meta http_equiv="refresh" content /> };
    Some((meta, " This page looks again by itself."))
}

fn refresh(here: &str, looked: usize) -> Option<String> {
    let seconds = LOOKS.get(looked)?;
    let joint = if here.contains('?') { '&' } else { '?' };
    Some(format!("{seconds};url={here}{joint}look={}", looked + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_looks_ever_less_often_and_then_no_more() {
        assert_eq!(
            refresh("/purchases/5", 0).as_deref(),
            Some("1;url=/purchases/5?look=1")
        );
        assert_eq!(
            refresh("/pricing/thank-you?session_id=cs_1", 8).as_deref(),
            Some("34;url=/pricing/thank-you?session_id=cs_1&look=9")
        );
        assert_eq!(refresh("/purchases/5", 9), None);
    }
}
