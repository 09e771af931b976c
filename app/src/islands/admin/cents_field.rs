//! An amount in cents, with the money shown beside as one types.

use domain::{
    forms::parse_cents,
    money::{Currency, Money},
};
use leptos::{html, prelude::*};

use crate::islands::{erased::Erase, field::Ties, form::FormState, labels::label};

/// A field for whole cents.
#[component]
pub fn CentsField(
    state: FormState,
    name: &'static str,
    /// What it holds while nothing was refused.
    value: String,
    #[prop(into)] currency: Signal<Currency>,
    /// What nothing and 0 mean.
    #[prop(optional)]
    off: Option<&'static str>,
    #[prop(default = "In cents: 1000 is $10.00.")] hint: &'static str,
) -> impl IntoView {
    let ties = Ties::new(state, name, Some(hint));
    let value = ties.typed_or(value);
    let typed = RwSignal::new(value.clone());
    let field = NodeRef::<html::Input>::new();
    Effect::new(move || {
        // Something may have been typed before this woke up.
        if let Some(field) = field.get() {
            typed.set(field.value());
        }
    });
    let read = Memo::new(move |_| typed.with(|typed| Beside::of(typed, currency.get(), off)));
    let id = ties.id();
    let control = view! {
        <div class="cents">
            <input
                id=id.clone()
                name=name
                type="text"
                inputmode="numeric"
                autocomplete="off"
                value=value
                node_ref=field
                on:input=move |event| typed.set(event_target_value(&event))
                aria-invalid=move || ties.wrong()
                aria-describedby=format!("{id}-money {}", ties.described_by())
            />
            <output
                id=format!("{id}-money")
                class="cents-money money"
                class:is-wrong=move || read.with(|read| read.wrong)
                for=id.clone()
            >
                {move || read.with(|read| read.text.clone())}
            </output>
        </div>
    };
    ties.around(label(name), control.erased())
}

/// What stands beside an amount.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Beside {
    text: String,
    wrong: bool,
}

impl Beside {
    fn of(typed: &str, currency: Currency, off: Option<&str>) -> Self {
        let money = |cents| Money::new(cents, currency);
        let (text, wrong) = match (parse_cents(typed), off) {
            (Err(error), _) => (error.to_string(), true),
            (Ok(cents), Some(off)) if !money(cents).is_positive() => (off.to_owned(), false),
            (Ok(cents), _) => (money(cents).to_string(), false),
        };
        Self { text, wrong }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beside(typed: &str, off: Option<&str>) -> (String, bool) {
        let Beside { text, wrong } = Beside::of(typed, Currency::Usd, off);
        (text, wrong)
    }

    #[test]
    fn cents_are_shown_as_money() {
        assert_eq!(beside("1000", Some("Off.")), ("$10.00".to_owned(), false));
        assert_eq!(beside("", None), ("$0.00".to_owned(), false));
        assert_eq!(Beside::of("500", Currency::Eur, None).text, "€5.00");
    }

    #[test]
    fn nothing_says_what_it_means() {
        for typed in ["", " ", "0", "000"] {
            assert_eq!(beside(typed, Some("Off.")), ("Off.".to_owned(), false));
        }
    }

    #[test]
    fn what_is_no_amount_says_what_to_type() {
        for typed in ["-1", "1.5", "1e3", "ten", "$10", "9223372036854775808"] {
            let sentence = parse_cents(typed).unwrap_err().to_string();
            assert_eq!(beside(typed, Some("Off.")), (sentence, true), "{typed}");
        }
    }
}
