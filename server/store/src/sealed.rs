//! Every value that is sealed under `APP_SECRET`, wherever it is stored, to be sealed anew
//! (`docs/rules.md` 150).

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, TryGetable, Value, sea_query::Expr,
};

use super::entities::{data_key, idempotency_key, mail, second_factor, stripe_account};
use crate::Write;

/// A column of sealed values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealedColumn {
    /// `data_keys.sealed_key`; its owner is the key's name.
    DataKey,
    /// `stripe_accounts.secret_key_sealed`; its owner is the account's public id.
    StripeKey,
    /// `stripe_accounts.webhook_secrets_sealed`; the same.
    WebhookSecrets,
    /// `second_factors.sealed_secret`; its owner is the member's token.
    SecondFactor,
    /// `mails.sealed_body`; its owner is the mail's token.
    MailBody,
    /// `idempotency_keys.sealed_answer`; its owner is the key's hash.
    KeptAnswer,
}

/// A sealed value.
#[derive(Clone, Debug)]
pub struct SealedValue {
    /// The primary key of its row.
    pub key: Key,
    /// Whose it is: a part of what it was sealed for.
    pub owner: String,
    pub sealed: String,
}

/// A primary key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    Number(i64),
    Text(String),
}

impl From<i64> for Key {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<String> for Key {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Key> for Value {
    fn from(key: Key) -> Self {
        match key {
            Key::Number(number) => number.into(),
            Key::Text(text) => text.into(),
        }
    }
}

impl SealedColumn {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::DataKey,
        Self::StripeKey,
        Self::WebhookSecrets,
        Self::SecondFactor,
        Self::MailBody,
        Self::KeptAnswer,
    ];

    /// At most `limit` of its values by primary key, those after `last`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn after(
        self,
        db: &impl ConnectionTrait,
        last: Option<Key>,
        limit: u64,
    ) -> Result<Vec<SealedValue>, DbErr> {
        match self {
            Self::DataKey => data_keys().after::<String>(db, last, limit).await,
            Self::StripeKey => stripe_keys().after::<i64>(db, last, limit).await,
            Self::WebhookSecrets => webhook_secrets().after::<i64>(db, last, limit).await,
            Self::SecondFactor => second_factors().after::<i64>(db, last, limit).await,
            Self::MailBody => mail_bodies().after::<i64>(db, last, limit).await,
            Self::KeptAnswer => kept_answers().after::<String>(db, last, limit).await,
        }
    }

    /// Writes `anew` in the place of `value`; `false` if that changed since it was read.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn replace(
        self,
        db: &impl Write,
        value: &SealedValue,
        anew: String,
    ) -> Result<bool, DbErr> {
        match self {
            Self::DataKey => data_keys().replace(db, value, anew).await,
            Self::StripeKey => stripe_keys().replace(db, value, anew).await,
            Self::WebhookSecrets => webhook_secrets().replace(db, value, anew).await,
            Self::SecondFactor => second_factors().replace(db, value, anew).await,
            Self::MailBody => mail_bodies().replace(db, value, anew).await,
            Self::KeptAnswer => kept_answers().replace(db, value, anew).await,
        }
    }
}

/// Where the values of a table are.
struct Place<E: EntityTrait> {
    key: E::Column,
    owner: Expr,
    sealed: E::Column,
}

impl<E: EntityTrait> Place<E> {
    async fn after<K>(
        self,
        db: &impl ConnectionTrait,
        last: Option<Key>,
        limit: u64,
    ) -> Result<Vec<SealedValue>, DbErr>
    where
        K: TryGetable + Into<Key>,
    {
        let Self { key, owner, sealed } = self;
        let rows: Vec<(K, String, String)> = E::find()
            .select_only()
            .column(key)
            .expr_as(owner, "owner")
            .column(sealed)
            .filter(sealed.is_not_null())
            // A detached copy has none.
            .filter(sealed.ne(""))
            .apply_if(last, |rows, last| rows.filter(key.gt(last)))
            .order_by_asc(key)
            .limit(limit)
            .into_tuple()
            .all(db)
            .await?;
        let rows = rows.into_iter();
        Ok(rows
            .map(|(key, owner, sealed)| SealedValue {
                key: key.into(),
                owner,
                sealed,
            })
            .collect())
    }

    async fn replace(
        self,
        db: &impl Write,
        value: &SealedValue,
        anew: String,
    ) -> Result<bool, DbErr> {
        let replaced = E::update_many()
            .col_expr(self.sealed, Expr::value(anew))
            .filter(self.key.eq(value.key.clone()))
            .filter(self.sealed.eq(value.sealed.as_str()))
            .exec(db)
            .await?;
        Ok(replaced.rows_affected > 0)
    }
}

fn data_keys() -> Place<data_key::Entity> {
    use data_key::Column;
    Place {
        key: Column::Name,
        owner: Expr::col(Column::Name),
        sealed: Column::SealedKey,
    }
}

fn stripe_keys() -> Place<stripe_account::Entity> {
    use stripe_account::Column;
    Place {
        key: Column::Id,
        owner: Expr::col(Column::PublicId),
        sealed: Column::SecretKeySealed,
    }
}

fn webhook_secrets() -> Place<stripe_account::Entity> {
    Place {
        sealed: stripe_account::Column::WebhookSecretsSealed,
        ..stripe_keys()
    }
}

fn second_factors() -> Place<second_factor::Entity> {
    use second_factor::Column;
    let member = "(SELECT token FROM users WHERE users.id = second_factors.user_id)";
    Place {
        key: Column::Id,
        owner: Expr::cust(member),
        sealed: Column::SealedSecret,
    }
}

fn mail_bodies() -> Place<mail::Entity> {
    use mail::Column;
    Place {
        key: Column::Id,
        owner: Expr::col(Column::Token),
        sealed: Column::SealedBody,
    }
}

fn kept_answers() -> Place<idempotency_key::Entity> {
    use idempotency_key::Column;
    Place {
        key: Column::KeyHash,
        owner: Expr::col(Column::KeyHash),
        sealed: Column::SealedAnswer,
    }
}
