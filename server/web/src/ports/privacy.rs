//! Deleting the signed-in member's account.

use app::{
    ports::{Answer, Privacy},
    types::{Deletion, DeletionForm, Outcome},
};
use async_trait::async_trait;
use domain::{
    account::NotDeleted,
    forms::{FieldError, Refusal},
    money::Money,
};
use services::{
    accounts::{
        password,
        proof::{self, Proof},
        second_factor,
    },
    privacy::{self, Asked, By},
};
use store::entities::user;

use super::{Services, internal_error};
use crate::{
    middleware::{self, Refused},
    sign_in::WRONG_CODE,
};

/// The page that says that it is done.
const DELETED_PAGE: &str = "/deleted";
const CODE_NEEDED: &str = "Enter the code from your authenticator app.";
pub const HAS_RIGHTS: &str = "You are on the staff of this site. Ask an owner to remove your role \
                              first.";

/// The sentence for credit whose loss was not confirmed.
fn not_confirmed(credit: Money) -> String {
    match credit.is_positive() {
        true => format!("Check this box: you will lose your credit of {credit}."),
        false => {
            "Your credit has just changed, and there is none left. Send the form again.".to_owned()
        }
    }
}

fn field(name: &str, message: impl Into<String>) -> Outcome {
    Outcome::Refused(Refusal::fields(vec![FieldError::new(name, message)]))
}

impl Services {
    async fn what_is_lost(&self) -> anyhow::Result<Option<Deletion>> {
        let Self { state, context } = self;
        let Some(member) = &context.user else {
            return Ok(None);
        };
        let lost = privacy::lost(state, &context.site, member).await?;
        Ok(Some(Deletion {
            has_rights: member.rights().any(),
            needs_code: second_factor::of(state, member).await?.is_some(),
            credit: lost.credit,
            on_hold: lost.on_hold,
            uncertain: lost.uncertain,
            elsewhere: lost.elsewhere,
            memberships: lost.memberships,
        }))
    }

    async fn delete_here(&self, form: &DeletionForm) -> anyhow::Result<Outcome> {
        let Self { state, context } = self;
        let Some(member) = &context.user else {
            return Ok(Outcome::Go("/sign-in?next=/account/delete".to_owned()));
        };
        // What is typed in the place of a number of cents confirms no loss.
        let forfeits_cents = form.forfeit.parse().ok();
        if let Some(refusal) = self.refused_deletion(member, forfeits_cents).await? {
            return Ok(refusal);
        }
        if let Some(refusal) = self.prove(member, form).await? {
            return Ok(refusal);
        }
        let by = By::Member { forfeits_cents };
        match privacy::request(state, &context.site, member, by).await? {
            Asked::Accepted => {}
            Asked::Refused(why) => return Ok(refusal(why)),
        }
        middleware::sign_out(context).await?;
        Ok(Outcome::Go(DELETED_PAGE.to_owned()))
    }

    /// What is wrong before a password is looked at, so that a code is not used up for nothing.
    async fn refused_deletion(
        &self,
        member: &user::Model,
        confirmed: Option<i64>,
    ) -> anyhow::Result<Option<Outcome>> {
        let lost = privacy::lost(&self.state, &self.context.site, member).await?;
        let allowed = domain::account::may_delete(member.rights(), lost.credit, confirmed);
        Ok(allowed.err().map(refusal))
    }

    async fn prove(
        &self,
        member: &user::Model,
        form: &DeletionForm,
    ) -> anyhow::Result<Option<Outcome>> {
        let Self { state, context } = self;
        let too_many = |refused: Refused| Outcome::Refused(Refusal::message(refused.sentence()));
        if let Err(refused) = state.rate_limiter.check_sign_in(context.address) {
            return Ok(Some(too_many(refused)));
        }
        let browser = context.browser();
        let typed = (form.password.as_str(), form.code.trim());
        let client = context.client(&browser);
        let proof = proof::prove(state, &context.site, member, typed, client).await?;
        Ok(match proof {
            Proof::Right => None,
            Proof::WrongPassword => Some(field("password", password::WRONG_PASSWORD)),
            Proof::CodeNeeded => Some(field("code", CODE_NEEDED)),
            Proof::WrongCode => Some(field("code", WRONG_CODE)),
            Proof::TooMany { wait } => Some(too_many(Refused::until(wait))),
        })
    }
}

fn refusal(why: NotDeleted) -> Outcome {
    match why {
        NotDeleted::HasRights => Outcome::Refused(Refusal::message(HAS_RIGHTS)),
        NotDeleted::CreditNotConfirmed(credit) => field("forfeit", not_confirmed(credit)),
    }
}

#[async_trait]
impl Privacy for Services {
    async fn deletion(&self) -> Answer<Option<Deletion>> {
        self.what_is_lost().await.map_err(internal_error)
    }

    async fn delete_account(&self, form: &DeletionForm) -> Answer<Outcome> {
        self.delete_here(form).await.map_err(internal_error)
    }
}
