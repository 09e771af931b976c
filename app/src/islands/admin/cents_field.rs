//! A field for an amount in cents. The money it stands for is shown beside while the admin types.

use domain::{
    forms::parse_cents,
    money::{Currency, Money},
};
use leptos::{html, prelude::*};

use crate::islands::{
    any_view::IntoAnyView, field::FieldContext, form::FormState, labels::label, live_text::LiveText,
};

/// An amount in whole cents. What is wrong with it stands beside it while it is wrong, and below it only what
/// the server alone knows, such as the question whether an unusual amount is meant (`docs/rules.md` 222).
#[component]
pub fn CentsField(
    state: FormState,
    name: &'static str,
    /// Its value unless the form was refused.
    value: String,
    #[prop(into)] currency: Signal<Currency>,
    /// Shown in place of the money if the field is empty or 0.
    #[prop(optional)]
    off: Option<&'static str>,
    #[prop(default = "In cents: 1000 is $10.00.")] hint: &'static str,
) -> impl IntoView {
    let context = FieldContext::new(state, name, Some(hint));
    let value = context.typed_or(value);
    let typed = RwSignal::new(value.clone());
    let field = NodeRef::<html::Input>::new();
    Effect::new(move || {
        // The admin may have typed before the island hydrated.
        if let Some(field) = field.get() {
            typed.set(field.value());
        }
    });
    let read = Memo::new(move |_| typed.with(|typed| Beside::of(typed, currency.get(), off)));
    let wrong = Memo::new(move |_| read.with(|read| read.wrong));
    let context = context.unless(wrong);
    let invalid = move || match wrong.get() {
        true => Some("true"),
        false => context.invalid(),
    };
    let id = context.id();
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
                on:input=move |event| {
                    let now = event_target_value(&event);
                    if parse_cents(&now).is_ok() {
                        forget_error(state, name);
                    }
                    typed.set(now);
                }
                aria-invalid=invalid
                aria-describedby=format!("{id}-money {}", context.described_by())
            />
            // The span, since some programs take no words of an output into a description.
            <output class="cents-money money" class:is-wrong=move || wrong.get() for=id.clone()>
                <span id=format!("{id}-money")>
                    {move || LiveText(read.with(|read| read.text.clone()))}
                </span>
            </output>
        </div>
    };
    view! {
        {context.wrap(label(name), control.into_any_view())}
        {confirmation(state, name, typed, currency)}
    }
}

/// What is right is not complained about any more, neither here nor at the top of the form.
fn forget_error(state: FormState, name: &str) {
    let is_there = state
        .refusal
        .with_untracked(|refusal| refusal.about(name).is_some());
    if is_there {
        state
            .refusal
            .update(|refusal| refusal.fields.retain(|error| error.field != name));
    }
}

/// The box that confirms the amount that the server asked about, as long as that is what is typed.
fn confirmation(
    state: FormState,
    name: &'static str,
    typed: RwSignal<String>,
    currency: Signal<Currency>,
) -> impl IntoView {
    let box_name = format!("{name}_confirmed");
    let id = state.id_of(&box_name);
    // Another field was refused after the box had been ticked.
    let ticked = state.refusal.with_untracked(|refusal| {
        !refusal.typed(&box_name).is_empty() && refusal.about(name).is_none()
    });
    let asked_for = box_name.clone();
    let asked = Memo::new(move |_| -> Option<i64> {
        let cents = state
            .refusal
            .with(|refusal| refusal.typed(&asked_for).parse::<i64>().ok())?;
        let is_typed = typed.with(|typed| parse_cents(typed) == Ok(cents));
        is_typed.then_some(cents)
    });
    move || {
        asked.get().map(|cents| {
            let words = format!(
                "Yes, {} for each referral",
                Money::new(cents, currency.get())
            );
            view! {
                <div class="check">
                    <input
                        type="checkbox"
                        id=id.clone()
                        name=box_name.clone()
                        value=cents.to_string()
                        checked=ticked
                    />
                    <label for=id.clone()>{words}</label>
                </div>
            }
        })
    }
}

/// The text beside the field: the money, or what is wrong.
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
    fn an_empty_field_and_0_say_what_they_mean() {
        for typed in ["", " ", "0", "000"] {
            assert_eq!(beside(typed, Some("Off.")), ("Off.".to_owned(), false));
        }
    }

    #[test]
    fn a_wrong_amount_says_what_to_type() {
        for typed in ["-1", "1.5", "1e3", "ten", "$10", "9223372036854775808"] {
            let sentence = parse_cents(typed).unwrap_err().to_string();
            assert_eq!(beside(typed, Some("Off.")), (sentence, true), "{typed}");
        }
    }
}
