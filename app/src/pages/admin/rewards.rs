//! The Rewards tab of Site Settings: how long a credit is on hold, which purchases earn one, what a refund of a
//! part takes back, which credits are reviewed, which of several links counts, and what previews of links say. Its
//! forms are plain: the page reloads and says what was done.

use domain::{
    credit::{CapPeriod, Program, ReviewFrom},
    forms::Refusal,
    referral::AttributionModel,
};
use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    program_form::{about, title},
    referrer_days::referrer_days,
    share_message::share_message,
    switch::{Switch, switch},
};
use crate::{
    components::refusal_notice,
    ports::Viewer,
    server_fns::admin::{PAYMENTS_PATH, SaveTerms, ShowPreviewNames},
    types::admin::{ProgramTerms, RewardSettings},
};

/// The tab.
pub fn rewards_tab(viewer: &Viewer, settings: RewardSettings) -> AnyView {
    let refusal = viewer.refusal("save_terms");
    let panels = settings
        .programs
        .into_iter()
        .map(|terms| panel(terms, &refusal));
    let message = settings.share_message;
    let message = message.map(|saved| share_message(saved, &viewer.refusal("save_share_message")));
    let days = settings.referrer_days;
    let days = days.map(|saved| referrer_days(saved, &viewer.refusal("save_referrer_days")));
    let previews = settings.preview_names.map(|shown| previews(viewer, shown));
    view! { {panels.collect_view()} {days} {message} {previews} }.into_any()
}

fn previews(viewer: &Viewer, names_shown: bool) -> AnyView {
    const SWITCH: Switch = Switch {
        id: "previews-title",
        title: "Link previews",
        function: "show_preview_names",
        path: ShowPreviewNames::PATH,
        field: "shown",
        labels: ["Leave the name out", "Show the name"],
    };
    let now = match names_shown {
        true => "The preview of a referral link shows who shared it, by first name.",
        false => "The preview of a referral link does not say who shared it.",
    };
    let words = view! {
        {now}
        " Apps show a preview where somebody sends the link or posts it. They may keep an earlier one for a while."
    };
    switch(viewer, &SWITCH, names_shown, words.into_any())
}

fn panel(terms: ProgramTerms, refusal: &Refusal) -> impl IntoView + use<> {
    let program = terms.program;
    let refusal = about(refusal, program);
    let form = Form {
        program,
        id: program.code(),
        refusal,
    };
    let notice = form
        .refusal
        .fields
        .is_empty()
        .then(|| refusal_notice(&form.refusal));
    let held = terms.on_hold.map(|held| {
        let words = format!("{} Each is issued when its hold ends.", held.sentence());
        view! { <p class="sale-words">{words}</p> }
    });
    let saved = terms.saved;
    let version = form.typed("version", &saved.version);
    let title_id = format!("{}-terms-title", form.id);
    view! {
        <section class="panel" aria-labelledby=title_id.clone()>
            <h2 class="panel-title" id=title_id.clone()>{title(program)}</h2>
            <form class="sale" method="post" action=SaveTerms::PATH novalidate>
                {notice}
                <p class="sale-words">
                    "How much a referral earns is set under " <a href=PAYMENTS_PATH>"Payments"</a>
                    ". A change here counts for purchases from now on."
                </p>
                {held}
                <input type="hidden" name="program" value=program.code() />
                <input type="hidden" name="version" value=version />
                {form.number(
                    "hold_days",
                    "Hold (days)",
                    "A credit is issued this many days after the payment, from 0 to 90. 0: at once.".to_owned(),
                    &saved.hold_days,
                )}
                {form.number(
                    "least_purchase",
                    "Least purchase that counts",
                    format!("{} What is paid with credit does not count. 0: any purchase.", terms.cents_hint),
                    &saved.least_purchase,
                )}
                {form.number(
                    "cap_credits",
                    "Most credits of one referrer",
                    "In the period below. Empty: any number.".to_owned(),
                    &saved.cap_credits,
                )}
                {form.period(&saved.cap_period)}
                {form.share(&saved.partial_refunds)}
                {form.review(&saved.review)}
                {form.attribution(&saved.attribution)}
                <button type="submit" class="button">"Save"</button>
            </form>
        </section>
    }
}

/// One program's form, and what was refused of it.
struct Form {
    program: Program,
    id: &'static str,
    refusal: Refusal,
}

impl Form {
    /// What was typed, even if that was nothing.
    fn typed(&self, name: &str, saved: &str) -> String {
        let typed = self.refusal.typed.get(name);
        typed.cloned().unwrap_or_else(|| saved.to_owned())
    }

    fn number(
        &self,
        name: &'static str,
        label: &'static str,
        hint: String,
        saved: &str,
    ) -> impl IntoView + use<> {
        let id = format!("{}-{name}", self.id);
        let error = self.refusal.about(name).map(str::to_owned);
        let invalid = error.is_some();
        let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
        view! {
            <div class="field">
                <label for=id.clone()>{label}</label>
                <input
                    id=id
                    name=name
                    inputmode="numeric"
                    autocomplete="off"
                    value=self.typed(name, saved)
                    autofocus=invalid
                    aria-invalid=invalid.then_some("true")
                    aria-describedby=format!("{hint_id} {error_id}")
                />
                <p class="field-hint" id=hint_id>{hint}</p>
                <p class="field-error" id=error_id role=invalid.then_some("alert")>{error}</p>
            </div>
        }
    }

    fn period(&self, saved: &str) -> impl IntoView + use<> {
        const NAME: &str = "cap_period";
        let id = format!("{}-{NAME}", self.id);
        let error = self.refusal.about(NAME).map(str::to_owned);
        let error_id = format!("{id}-error");
        let chosen = self.typed(NAME, saved);
        let options = CapPeriod::ALL.map(|period| {
            let code = period.code();
            let label = match period {
                CapPeriod::ThirtyDays => "30 days",
                CapPeriod::CalendarYear => "Calendar year",
            };
            view! { <option value=code selected=chosen == code>{label}</option> }
        });
        view! {
            <div class="field">
                <label for=id.clone()>"Period"</label>
                <select id=id name=NAME aria-describedby=error_id.clone()>
                    {options}
                </select>
                <p class="field-error" id=error_id>{error}</p>
            </div>
        }
    }

    fn share(&self, saved: &str) -> impl IntoView + use<> {
        const NAME: &str = "partial_refunds";
        let hint_id = format!("{}-{NAME}-hint", self.id);
        let ticked = self.typed(NAME, saved) == "on";
        view! {
            <div class="field">
                <label class="account-choice">
                    <input
                        type="checkbox"
                        name=NAME
                        value="on"
                        checked=ticked
                        aria-describedby=hint_id.clone()
                    />
                    <span>"A partial refund takes back its share of the credit"</span>
                </label>
                <p class="field-hint" id=hint_id>
                    "Otherwise nothing is taken back until everything that was paid is refunded. A change here counts \
                     for refunds from now on, even of earlier purchases."
                </p>
            </div>
        }
    }

    fn review(&self, saved: &str) -> impl IntoView + use<> {
        const NAME: &str = "review";
        let id = format!("{}-{NAME}", self.id);
        let error = self.refusal.about(NAME).map(str::to_owned);
        let invalid = error.is_some();
        let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
        let chosen = self.typed(NAME, saved);
        let hint = review_hint(self.program);
        let options = ReviewFrom::ALL.map(|from| {
            let code = from.code();
            view! { <option value=code selected=chosen == code>{from.label()}</option> }
        });
        view! {
            <div class="field">
                <label for=id.clone()>"Review suspicious referrals"</label>
                <select
                    id=id
                    name=NAME
                    aria-invalid=invalid.then_some("true")
                    aria-describedby=format!("{hint_id} {error_id}")
                >
                    <option value="">"Off"</option>
                    {options}
                </select>
                <p class="field-hint" id=hint_id>
                    {hint}
                </p>
                <p class="field-error" id=error_id role=invalid.then_some("alert")>{error}</p>
            </div>
        }
    }

    fn attribution(&self, saved: &str) -> impl IntoView + use<> {
        const NAME: &str = "attribution";
        let id = format!("{}-{NAME}", self.id);
        let error = self.refusal.about(NAME).map(str::to_owned);
        let invalid = error.is_some();
        let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
        let chosen = self.typed(NAME, saved);
        let options = AttributionModel::ALL.map(|model| {
            let code = model.code();
            view! { <option value=code selected=chosen == code>{model.label()}</option> }
        });
        view! {
            <div class="field">
                <label for=id.clone()>"Which link counts if somebody clicked several"</label>
                <select
                    id=id
                    name=NAME
                    aria-invalid=invalid.then_some("true")
                    aria-describedby=format!("{hint_id} {error_id}")
                >
                    {options}
                </select>
                <p class="field-hint" id=hint_id>
                    "Only links with a valid code are compared. A change here counts for clicks from now on."
                </p>
                <p class="field-error" id=error_id role=invalid.then_some("alert")>{error}</p>
            </div>
        }
    }
}

/// Which signs count: of a subscriber of a brand no browser is known.
fn review_hint(program: Program) -> &'static str {
    match program {
        Program::Tenant => {
            "The credit then waits until you approve or deny it. Signs are: the same browser as the referrer, or \
             the same network and kind of browser; a disposable email address; five other friends in the 24 hours \
             before; a third of three or more payments refunded or disputed. A card that was used before, by the \
             referrer or another friend, counts as two."
        }
        Program::Platform => {
            "The credit then waits until you approve or deny it. Signs are: a disposable email address; five other \
             subscribers in the 24 hours before; a third of three or more payments refunded or disputed. A card \
             that was used before, by the referrer or another subscriber, counts as two."
        }
    }
}
