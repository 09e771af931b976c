//! A mail in the outbox.
use domain::mail::{MailKind, MailState};
use sea_orm::entity::prelude::*;

use crate::columns::{Coded, MailId, MemberId, PurchaseId, SiteId, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mails")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: MailId,
    /// The site in whose name it is sent.
    pub site_id: SiteId,
    /// The member to whom it is sent; `None` for somebody without an account.
    pub user_id: Option<MemberId>,
    pub kind: Coded<MailKind, Entity>,
    /// The purchase whose receipt it is; unique.
    pub purchase_id: Option<PurchaseId>,
    /// The recipient's address, as it was typed.
    pub address: String,
    pub subject: String,
    /// Its texts, sealed because links in them open accounts; `None` once it was sent or given up, and
    /// for a receipt, which is written when it is sent.
    pub sealed_body: Option<String>,
    /// Random; the left part of the Message-ID in each attempt.
    pub token: String,
    pub state: Coded<MailState, Entity>,
    /// Failed attempts so far.
    pub attempts: i64,
    /// `None` once it was sent or given up.
    pub next_attempt_at: Option<Timestamp>,
    /// The mail server's words at the last failed attempt.
    pub error: Option<String>,
    pub created_at: Timestamp,
    /// When it was sent or given up.
    pub ended_at: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
