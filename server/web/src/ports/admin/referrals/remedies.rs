//! What can be done where somebody got nothing, with the ways to it that the viewer's role allows.

use app::{
    server_fns::admin::{PAYMENTS_PATH, REWARDS_PATH, grant_path, review_path},
    types::admin::{WhyRemedy, referral_path},
};
use domain::{
    account::{Permission, Rights},
    credit::Program,
    referral::Remedy,
};

/// What the ways lead to.
pub struct Ways {
    pub program: Program,
    /// The referral's id.
    pub referral: Option<i64>,
    /// The id of who is given credit.
    pub referrer: Option<i64>,
    /// Where the referrer is named, if the viewer may name one.
    pub attach: Option<String>,
    /// Where the platform referrer is enabled.
    pub enable: Option<String>,
}

impl Ways {
    /// The remedies, each with its way if these rights allow it.
    pub fn to(&self, remedies: &[Remedy], rights: Rights) -> Vec<WhyRemedy> {
        let remedies = remedies.iter().map(|remedy| WhyRemedy {
            label: remedy.label(),
            path: self.path(*remedy, rights),
        });
        remedies.collect()
    }

    fn path(&self, remedy: Remedy, rights: Rights) -> Option<String> {
        let may = |permission| rights.may(self.program, permission);
        let (credits, settings) = (
            may(Permission::ManageCredits),
            may(Permission::ManageSettings),
        );
        let referral = self.referral.filter(|_| credits);
        match remedy {
            Remedy::Attach => self.attach.clone(),
            Remedy::Wait | Remedy::WaitForPurchase | Remedy::AskToConfirm => None,
            Remedy::Payments => settings.then(|| PAYMENTS_PATH.to_owned()),
            Remedy::Rewards => settings.then(|| REWARDS_PATH.to_owned()),
            Remedy::DecideAgain | Remedy::Retry => {
                referral.map(|id| referral_path(self.program, id))
            }
            Remedy::Review => referral.map(|id| review_path(self.program, id)),
            Remedy::Give => {
                let referrer = self.referrer.filter(|_| credits);
                referrer.map(|id| grant_path(self.program, id))
            }
            Remedy::Enable => {
                let enable = self.enable.clone();
                enable.filter(|_| may(Permission::ManageReferrers))
            }
        }
    }
}
