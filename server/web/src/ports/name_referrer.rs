//! A member names who referred them, afterwards.

use app::types::{Outcome, ReferrerNaming};
use domain::{
    forms::{FieldError, Refusal},
    preview::shown_name,
    referral::naming_ends,
};
use server_core::dates;
use services::attach::{self, By, NAMED_BY_MEMBER, Typed};
use store::Timestamp;
use time::Duration;

use super::Services;

impl Services {
    /// Whether the member can, and through which day.
    pub(super) async fn naming(&self) -> anyhow::Result<Option<ReferrerNaming>> {
        let (state, site) = (&self.state, &self.context.site);
        let Some(member) = &self.context.user else {
            return Ok(None);
        };
        let may = attach::may_attach(state, site, member, By::Friend).await?;
        Ok(Some(match may {
            Ok(()) => {
                let end = naming_ends(member.created_at.moment(), site.row.referrer_days);
                let last = Timestamp::from(end - Duration::SECOND);
                ReferrerNaming::Through(dates::day(last, self.zone()))
            }
            Err(why) => ReferrerNaming::Refused(why.member_sentence()),
        }))
    }

    pub(super) async fn name_typed_referrer(&self, typed: &str) -> anyhow::Result<Outcome> {
        let (state, site) = (&self.state, &self.context.site);
        let Some(member) = &self.context.user else {
            return Ok(Outcome::Go("/sign-in?next=/account/referrer".to_owned()));
        };
        if let Err(too_many) = state.rate_limiter.check_lookup(self.context.address) {
            let refusal = Refusal::message(too_many.sentence());
            return Ok(Outcome::Refused(refusal));
        }
        if typed.trim().is_empty() {
            let error = FieldError::new("code", "Enter their code or link.");
            return Ok(Outcome::Refused(Refusal::fields(vec![error])));
        }
        let typed = Typed {
            referrer: typed,
            reason: NAMED_BY_MEMBER,
        };
        let attached = attach::attach(state, site, member.id, By::Friend, typed).await?;
        Ok(match attached {
            // Whoever has a code may type it: they read no more of the name than on the page of its link.
            Some(Ok(referrer)) => Outcome::Done(match shown_name(&referrer.first_name) {
                Some(name) => format!("Saved: {name} referred you."),
                None => "Saved. You were referred by a friend.".to_owned(),
            }),
            Some(Err(refused)) => {
                let sentence = refused.why.member_sentence();
                Outcome::Refused(match refused.why.is_about_referrer() {
                    true => Refusal::fields(vec![FieldError::new("code", sentence)]),
                    false => Refusal::message(sentence),
                })
            }
            None => Outcome::Go("/sign-in".to_owned()),
        })
    }
}
