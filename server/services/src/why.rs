//! Why the referrer of a member got nothing, or not yet (`docs/rules.md` 194).

use domain::{
    money::Money,
    referral::{
        Attribution, Counted, Earns, Ignored, ReferralFacts, ReferralStatus, Remedy,
        TypedAtRegister, Verdict, WhyFacts, attribute, codes_in, counted, why as decide,
    },
};
use store::{
    Reader,
    entities::{purchase, referral, user},
    purchases, referrals,
    sites::Site,
    users,
};

use crate::{Engine, attach, pending_referrals};

/// The most purchases that are shown, the newest.
pub const MOST: u64 = 50;

/// What became of a member's referral, and why.
pub struct Why {
    pub verdict: Verdict,
    /// What can be done, the best first.
    pub remedies: &'static [Remedy],
    pub referral: Option<referral::Model>,
    pub referrer: Option<user::Model>,
    /// What the member bought, oldest first, and how it counted.
    pub purchases: Vec<(purchase::Model, Counted)>,
}

/// Reads what is known of the member of `site`, and decides.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn of_member(engine: &Engine, site: &Site, member: &user::Model) -> anyhow::Result<Why> {
    let (db, site_id) = (engine.db.reader(), site.id());
    let referral = referrals::of_referred(db, site_id, member.id).await?;
    let referrer = match &referral {
        Some(referral) => users::by_id(db, site_id, referral.referrer_id).await?,
        None => None,
    };
    let referral_facts = match &referral {
        Some(referral) => Some(of_referral(engine, site, referral).await?),
        None => None,
    };
    let friend = attach::as_friend(engine, member).await?;
    let facts = WhyFacts {
        typed: typed(db, member).await?,
        referral: referral_facts,
        is_too_late: friend.has_bought || friend.is_leaving,
        program_is_on: site.tenant_credit().is_positive(),
    };
    let verdict = decide(&facts);
    let mut bought = purchases::all_of_buyer(db, site_id, member.id, None, MOST).await?;
    bought.reverse();
    let how = |purchase: purchase::Model| {
        let earns = earns(referral.as_ref(), &purchase);
        let how = counted(*purchase.state, &purchase.as_paid(), earns);
        (purchase, how)
    };
    Ok(Why {
        remedies: verdict.remedies(facts.is_too_late),
        verdict,
        purchases: bought.into_iter().map(how).collect(),
        referral,
        referrer,
    })
}

fn earns(referral: Option<&referral::Model>, purchase: &purchase::Model) -> Earns {
    match referral.map(|referral| referral.purchase_id) {
        None => Earns::NotReferred,
        Some(None) => Earns::Nothing,
        Some(Some(id)) if id == purchase.id => Earns::This,
        Some(Some(_)) => Earns::Another,
    }
}

async fn of_referral(
    engine: &Engine,
    site: &Site,
    referral: &referral::Model,
) -> anyhow::Result<ReferralFacts> {
    let status = *referral.status;
    let pending = match status {
        ReferralStatus::Pending => {
            let asked = [(referral.id, referral.referred_id)];
            let (db, zone) = (engine.db.reader(), &site.row.time_zone);
            let now = engine.now();
            let mut why = pending_referrals::of_members(db, site.id(), &asked, zone, now).await?;
            why.remove(&referral.id)
        }
        ReferralStatus::Credited | ReferralStatus::Failed => None,
    };
    let taken_back = referral.taken_back_cents.zip(referral.currency.as_deref());
    let cause = referral.taken_back_for.as_deref().copied();
    Ok(ReferralFacts {
        status,
        failure: referral.failure_reason.as_deref().cloned(),
        pending,
        taken_back: taken_back.map(|(cents, currency)| (Money::new(cents, *currency), cause)),
    })
}

/// What the member typed at Register, by the rule of a registration.
async fn typed(db: &Reader, member: &user::Model) -> anyhow::Result<TypedAtRegister> {
    let Some(words) = &member.referred_by_words else {
        return Ok(TypedAtRegister::Nothing);
    };
    let codes = codes_in(words);
    if codes.is_empty() {
        return Ok(TypedAtRegister::Name);
    }
    let owner = users::only_one_with(db, member.site_id, &codes).await?;
    let Some(owner) = owner else {
        return Ok(TypedAtRegister::UnknownCode);
    };
    let (referrer, friend) = (owner.as_referrer(), member.as_referrer());
    let (Some(referrer), Some(friend)) = (referrer, friend) else {
        anyhow::bail!("the address of a member cannot be read");
    };
    let attribution = attribute(true, Some(&referrer), &friend.email);
    Ok(match attribution {
        Attribution::Ignored(Ignored::SelfReferral) => TypedAtRegister::OwnCode,
        _ if owner.blocked_at.is_some() => TypedAtRegister::BlockedCode,
        _ => TypedAtRegister::Code,
    })
}
