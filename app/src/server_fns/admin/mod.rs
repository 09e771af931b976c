//! The server functions of the console.

mod attach;
mod books;
mod catalog;
mod general;
mod mail;
mod members;
mod mobile_apps;
mod money;
mod platform_referrers;
mod referrals;
mod reviews;
mod rewards;
mod security;
mod settings;
mod team;

pub use attach::{AttachReferrer, attach_referrer};
pub use books::{CompareBooks, SettleDifference, compare_books, settle_difference};
pub use catalog::{SaveProduct, SetProductWithdrawn, save_product, set_product_withdrawn};
pub use general::{
    GENERAL_PATH, RemoveLogo, SaveGeneral, SavePolicy, remove_logo, save_general, save_policy,
};
pub use mail::{ForgetFailedMail, forget_failed_mail};
pub use members::{
    BlockMember, EraseMember, ListMembers, MoveMemberCredit, RecordSale, ReturnLostCredit,
    SetBillingEmail, SignOutMember, UndoSale, block_member, erase_member, list_members,
    move_member_credit, record_sale, return_lost_credit, set_billing_email, sign_out_member,
    undo_sale,
};
pub use mobile_apps::{MOBILE_APPS_PATH, SaveMobileApps, save_mobile_apps};
pub use money::{
    GiveCredit, RefundOrder, TakeCredit, VoidReferral, give_credit, grant_path, order_path,
    refund_order, refund_path, take_credit, void_path, void_referral,
};
pub use platform_referrers::{
    AddReferrer, ChangeReferrer, ChooseCustomer, ListReferrers, MoveReferrerCredit,
    SetReferrerDisabled, add_referrer, change_referrer, choose_customer, customer_page,
    list_referrers, move_referrer_credit, set_referrer_disabled,
};
#[cfg(feature = "ssr")]
pub use referrals::retried_ids;
pub use referrals::{
    DecideAgain, ListReferrals, RetryReferrals, decide_again, list_referrals, retried_text,
    retry_referrals,
};
pub use reviews::{DecideReview, decide_review, review_path};
pub use rewards::{
    REWARDS_PATH, SaveReferrerDays, SaveShareMessage, SaveTerms, ShowPreviewNames, SwitchOff,
    save_referrer_days, save_share_message, save_terms, show_preview_names, switch_off,
};
pub use security::{
    CountConfirmedFriends, RequireSecondFactor, ShowApiDocs, count_confirmed_friends,
    require_second_factor, show_api_docs,
};
pub use settings::{
    ConnectStripe, CreateWebhookEndpoint, DisconnectStripe, DismissUnmatched, ReadPaymentSettings,
    RecordUnmatched, RemoveSigningSecret, SaveMinimumAge, SaveSettings, TestStripe, connect_stripe,
    create_webhook_endpoint, disconnect_stripe, dismiss_unmatched, payment_settings,
    record_unmatched, remove_signing_secret, save_minimum_age, save_settings, test_stripe,
};

pub use team::{
    ChangeRole, EndStaffSessions, InviteStaff, WithdrawInvitation, change_role, end_staff_sessions,
    invite_staff, withdraw_invitation,
};

pub use domain::attention::PAYMENTS_PATH;

#[cfg(feature = "ssr")]
mod read {
    use domain::credit::Program;

    /// No row has this id, so an id that is not a number finds nothing.
    const NO_ROW: i64 = 0;

    pub fn id(text: &str) -> i64 {
        text.parse().unwrap_or(NO_ROW)
    }

    /// Anything else counts as the tenant program, which needs the tenant's own right.
    pub fn program(text: &str) -> Program {
        Program::parse(text).unwrap_or(Program::Tenant)
    }
}
