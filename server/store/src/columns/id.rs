//! Typed row ids, so that the id of one table cannot be used for another.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
};

use sea_orm::{
    ActiveValue, ColIdx, ColumnType, DbErr, IntoActiveValue, QueryResult, TryFromU64, TryGetError,
    TryGetable, Value,
    sea_query::{ArrayType, Nullable, ValueType, ValueTypeErr},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The id of a row; `Row` names the table.
pub struct Id<Row>(i64, PhantomData<fn() -> Row>);

macro_rules! ids {
    ($($alias:ident = $row:ident),* $(,)?) => {
        /// Marker types, one for each table, used only by [`Id`].
        pub mod row {
            $(pub enum $row {})*
        }
        $(pub type $alias = Id<row::$row>;)*
    };
}

ids!(
    ApiTokenId = ApiToken,
    AuditEntryId = AuditEntry,
    CheckoutSessionId = CheckoutSession,
    CreditId = Credit,
    DisputeId = Dispute,
    EmailConfirmationId = EmailConfirmation,
    InvitationId = Invitation,
    KnownDeviceId = KnownDevice,
    MailId = Mail,
    MemberId = Member,
    NotificationId = Notification,
    PasswordResetId = PasswordReset,
    PlatformPurchaseId = PlatformPurchase,
    PlatformReferralId = PlatformReferral,
    PlatformReferrerId = PlatformReferrer,
    ProductId = Product,
    PurchaseId = Purchase,
    ReconciliationDifferenceId = ReconciliationDifference,
    ReconciliationId = Reconciliation,
    ReferralClickId = ReferralClick,
    ReferralId = Referral,
    ReferrerLinkId = ReferrerLink,
    RefundId = Refund,
    SecondFactorId = SecondFactor,
    SecurityEntryId = SecurityEntry,
    SiteId = Site,
    StripeAccountId = StripeAccount,
    StripeCustomerRowId = StripeCustomerRow,
    StripeEventId = StripeEvent,
    SubscriptionId = Subscription,
);

impl<Row> Id<Row> {
    /// Wraps a number, for instance from a URL; a row with it may not exist.
    pub const fn new(number: i64) -> Self {
        Self(number, PhantomData)
    }

    /// The number, for URLs, JSON and metadata.
    pub const fn get(self) -> i64 {
        self.0
    }
}

// Written by hand, because a derive would also require the trait of `Row`.
impl<Row> Clone for Id<Row> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Row> Copy for Id<Row> {}

impl<Row> PartialEq for Id<Row> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<Row> Eq for Id<Row> {}

impl<Row> PartialOrd for Id<Row> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<Row> Ord for Id<Row> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl<Row> Hash for Id<Row> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<Row> fmt::Debug for Id<Row> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<Row> fmt::Display for Id<Row> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<Row> Serialize for Id<Row> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, Row> Deserialize<'de> for Id<Row> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        i64::deserialize(deserializer).map(Self::new)
    }
}

impl<Row> From<Id<Row>> for Value {
    fn from(id: Id<Row>) -> Self {
        id.0.into()
    }
}

impl<Row> TryGetable for Id<Row> {
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
        i64::try_get_by(row, index).map(Self::new)
    }
}

impl<Row> ValueType for Id<Row> {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        <i64 as ValueType>::try_from(value).map(Self::new)
    }

    fn type_name() -> String {
        "Id".to_owned()
    }

    fn array_type() -> ArrayType {
        i64::array_type()
    }

    fn column_type() -> ColumnType {
        i64::column_type()
    }
}

impl<Row> Nullable for Id<Row> {
    fn null() -> Value {
        i64::null()
    }
}

impl<Row> TryFromU64 for Id<Row> {
    fn try_from_u64(number: u64) -> Result<Self, DbErr> {
        i64::try_from_u64(number).map(Self::new)
    }
}

impl<Row> IntoActiveValue<Self> for Id<Row> {
    fn into_active_value(self) -> ActiveValue<Self> {
        ActiveValue::Set(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_number_outside() {
        let id = MemberId::new(17);
        assert_eq!(serde_json::to_string(&id).unwrap(), "17");
        assert_eq!(serde_json::from_str::<MemberId>("17").unwrap(), id);
        assert!(serde_json::from_str::<MemberId>("\"17\"").is_err());
        assert_eq!(Value::from(id), Value::from(17_i64));
        assert_eq!(
            (id.to_string(), format!("{id:?}")),
            ("17".into(), "17".into())
        );
    }
}
