//! Site Settings, Rewards tab, and the step that confirms that a program is switched off. Their pages are plain,
//! so nothing here reaches the browser as data.

use domain::credit::Program;

use super::{SettingsForm, settings::SETTINGS_PATH};

/// What the viewer manages on the tab.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RewardSettings {
    /// The tenant's first.
    pub programs: Vec<ProgramTerms>,
    /// Whether previews of links show who shared them; `None` for somebody who does not manage this site.
    pub preview_names: Option<bool>,
    /// What members send along with their link, as it is typed; empty for our own words. `None` for somebody who does
    /// not manage this site.
    pub share_message: Option<String>,
    /// The days in which members can name their referrer, as they are typed; empty for none. `None` for somebody who
    /// does not manage this site.
    pub referrer_days: Option<String>,
}

/// The terms of one program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramTerms {
    pub program: Program,
    /// What is saved, as it is typed.
    pub saved: TermsForm,
    /// How an amount is typed: `In cents: 2500 is $25.00.`
    pub cents_hint: String,
    /// `None` if nothing is on hold.
    pub on_hold: Option<HeldCredits>,
}

/// The form of one program's terms, every field as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TermsForm {
    /// Days from 0 to 90.
    pub hold_days: String,
    /// Cents.
    pub least_purchase: String,
    /// A number of credits; empty for no cap.
    pub cap_credits: String,
    /// `CapPeriod::code`.
    pub cap_period: String,
    /// `on` where a refund of a part takes back its share.
    pub partial_refunds: String,
    /// `ReviewFrom::code`; empty for no review.
    pub review: String,
    /// `AttributionModel::code`.
    pub attribution: String,
    /// The version of the terms that the form was filled from.
    pub version: String,
}

/// Credits on hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldCredits {
    pub credits: u64,
    /// What they add up to: `$30.00`.
    pub amount: String,
}

impl HeldCredits {
    /// The sentence: "3 credits are on hold, $30.00 in all."
    pub fn sentence(&self) -> String {
        match self.credits {
            1 => format!("1 credit is on hold, {}.", self.amount),
            credits => format!("{credits} credits are on hold, {} in all.", self.amount),
        }
    }
}

/// What is on hold in the programs that a form switches off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SwitchOffPage {
    pub programs: Vec<(Program, HeldCredits)>,
}

/// The programs whose credits on hold are voided with them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VoidHeld {
    pub tenant: bool,
    pub platform: bool,
}

/// The address of the step that confirms that the form switches a program off. It keeps what was typed.
pub fn switch_off_path(form: &SettingsForm) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form.sent())
        .finish();
    format!("{SETTINGS_PATH}?tab=switch-off&{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_on_hold_is_counted() {
        let held = |credits| HeldCredits {
            credits,
            amount: "$30.00".to_owned(),
        };
        assert_eq!(held(3).sentence(), "3 credits are on hold, $30.00 in all.");
        assert_eq!(held(1).sentence(), "1 credit is on hold, $30.00.");
    }

    #[test]
    fn the_step_keeps_what_was_typed() {
        let form = SettingsForm {
            tenant_credit: Some(String::new()),
            memory_days: Some("30 & more".to_owned()),
            version: "4".to_owned(),
            ..SettingsForm::default()
        };
        assert_eq!(
            switch_off_path(&form),
            "/admin/settings?tab=switch-off&tenant_credit=&memory_days=30+%26+more&version=4&platform_version="
        );
        let form = SettingsForm {
            platform_credit_confirmed: "60000".to_owned(),
            ..form
        };
        let path = switch_off_path(&form);
        assert!(path.contains("&platform_credit_confirmed=60000&"), "{path}");
        assert!(!path.contains("tenant_credit_confirmed"), "{path}");
    }
}
