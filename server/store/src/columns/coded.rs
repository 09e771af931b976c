//! Text columns for values such as a status, a program or a currency. Unknown text is an error.

use std::{borrow::Cow, fmt, marker::PhantomData, ops::Deref};

use domain::{
    account::{PlatformRole, Role, SecurityEvent, SiteKind, TenantRole},
    credit::{
        BooksOutcome, CapPeriod, CreditKind, CreditState, Difference, DifferenceState, NoCredit,
        Program, ReturnCause, ReversalCause, ReviewFrom, ReviewState, Signs,
    },
    mail::{MailKind, MailState},
    money::Currency,
    purchase::{CreditCheck, ProductKind, PurchaseState, SessionState, SubscriptionStatus},
    referral::{AttributionModel, CustomerSource, FailureReason, ReferralStatus},
    refund::{DisputeState, DisputeStatus, MembershipEnding, RefundStatus},
    sharing::Channel,
    site_profile::Accent,
};
use sea_orm::{
    ActiveValue, ColIdx, ColumnType, DbErr, EntityTrait, IntoActiveValue, QueryResult, TryFromU64,
    TryGetError, TryGetable, Value,
    sea_query::{ArrayType, Nullable, ValueType, ValueTypeErr},
};
use server_core::zone::Zone;

use super::unreadable;

/// A type whose values a column stores as text.
pub trait TextCode: Sized {
    fn to_text(&self) -> Cow<'static, str>;

    /// Reads [`Self::to_text`] back; `None` if no value has this text.
    fn from_text(text: &str) -> Option<Self>;
}

macro_rules! text_code {
    ($($code:ty),*) => {$(
        impl TextCode for $code {
            fn to_text(&self) -> Cow<'static, str> {
                self.code().into()
            }

            fn from_text(text: &str) -> Option<Self> {
                Self::parse(text)
            }
        }
    )*};
}

text_code!(
    AttributionModel,
    BooksOutcome,
    CapPeriod,
    Channel,
    CreditCheck,
    CreditKind,
    CreditState,
    Currency,
    CustomerSource,
    Difference,
    DifferenceState,
    DisputeState,
    DisputeStatus,
    MailKind,
    MailState,
    MembershipEnding,
    NoCredit,
    ProductKind,
    PlatformRole,
    Program,
    PurchaseState,
    ReferralStatus,
    RefundStatus,
    ReturnCause,
    ReversalCause,
    ReviewFrom,
    ReviewState,
    Role,
    SecurityEvent,
    SessionState,
    SiteKind,
    SubscriptionStatus,
    TenantRole
);

/// Stored as the codes of the signs.
impl TextCode for Signs {
    fn to_text(&self) -> Cow<'static, str> {
        self.code().into()
    }

    fn from_text(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

/// Stored by its name in the IANA's database.
impl TextCode for Zone {
    fn to_text(&self) -> Cow<'static, str> {
        self.name().to_owned().into()
    }

    fn from_text(text: &str) -> Option<Self> {
        Self::named(text)
    }
}

/// Stored as `#rrggbb`.
impl TextCode for Accent {
    fn to_text(&self) -> Cow<'static, str> {
        self.to_string().into()
    }

    fn from_text(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

/// Stored as JSON.
impl TextCode for FailureReason {
    fn to_text(&self) -> Cow<'static, str> {
        serde_json::json!(self).to_string().into()
    }

    fn from_text(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// A text column of the entity `E` that holds a `T`.
pub struct Coded<T, E>(T, PhantomData<fn() -> E>);

impl<T, E> Coded<T, E> {
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T, E> From<T> for Coded<T, E> {
    fn from(value: T) -> Self {
        Self(value, PhantomData)
    }
}

impl<T, E> Deref for Coded<T, E> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

// Written by hand, because a derive would also require the trait of `E`.
impl<T: Clone, E> Clone for Coded<T, E> {
    fn clone(&self) -> Self {
        self.0.clone().into()
    }
}

impl<T: Copy, E> Copy for Coded<T, E> {}

impl<T: PartialEq, E> PartialEq for Coded<T, E> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T: Eq, E> Eq for Coded<T, E> {}

impl<T: PartialEq, E> PartialEq<T> for Coded<T, E> {
    fn eq(&self, other: &T) -> bool {
        self.0 == *other
    }
}

impl<T: fmt::Debug, E> fmt::Debug for Coded<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: TextCode, E> From<Coded<T, E>> for Value {
    fn from(value: Coded<T, E>) -> Self {
        value.0.to_text().into_owned().into()
    }
}

impl<T: TextCode, E: EntityTrait> TryGetable for Coded<T, E> {
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
        let text = String::try_get_by(row, index)?;
        match T::from_text(&text) {
            Some(value) => Ok(value.into()),
            None => Err(TryGetError::DbErr(unreadable::<E, _>(row, index, &text))),
        }
    }
}

impl<T: TextCode, E> ValueType for Coded<T, E> {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        let text = <String as ValueType>::try_from(value)?;
        T::from_text(&text).map(Self::from).ok_or(ValueTypeErr)
    }

    fn type_name() -> String {
        "Coded".to_owned()
    }

    fn array_type() -> ArrayType {
        String::array_type()
    }

    fn column_type() -> ColumnType {
        String::column_type()
    }
}

impl<T, E> Nullable for Coded<T, E> {
    fn null() -> Value {
        String::null()
    }
}

/// sea-orm requires this for primary keys; text is never a row's number.
impl<T, E> TryFromU64 for Coded<T, E> {
    fn try_from_u64(_number: u64) -> Result<Self, DbErr> {
        Err(DbErr::ConvertFromU64("text"))
    }
}

impl<T: TextCode, E> IntoActiveValue<Self> for Coded<T, E> {
    fn into_active_value(self) -> ActiveValue<Self> {
        ActiveValue::Set(self)
    }
}
