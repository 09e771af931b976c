//! The port behind Site Settings > Rewards.

use async_trait::async_trait;
use domain::credit::Program;

use super::Answer;
use crate::types::{
    Outcome,
    admin::{RewardSettings, SettingsForm, SwitchOffPage, TermsForm, VoidHeld},
};

#[async_trait]
pub trait Rewards: Send + Sync {
    /// What the tab shows of what the viewer manages.
    async fn terms(&self) -> Answer<RewardSettings>;
    /// Saves the terms of a program. If another admin saved meanwhile, the refusal's `typed` holds the version
    /// that replaces theirs.
    async fn save_terms(&self, program: Program, form: &TermsForm) -> Answer<Outcome>;
    /// What is on hold in the programs that this form of Site Settings switches off.
    async fn switching_off(&self, form: &SettingsForm) -> Answer<SwitchOffPage>;
    /// Saves the form of Site Settings, and voids what is on hold where that was asked for.
    async fn switch_off(&self, form: SettingsForm, void: VoidHeld) -> Answer<Outcome>;
    /// Sets whether previews of links show who shared them.
    async fn show_preview_names(&self, shown: bool) -> Answer<Outcome>;
    /// Sets how many days after registering members can name who referred them.
    async fn save_referrer_days(&self, typed: &str) -> Answer<Outcome>;
    /// Sets what members send along with their link.
    async fn save_share_message(&self, typed: &str) -> Answer<Outcome>;
}
