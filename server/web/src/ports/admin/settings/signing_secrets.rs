//! Takes one of several signing secrets out of force.

use app::types::Outcome;
use domain::credit::Program;
use services::stripe_accounts::{By, NotRemoved, remove_secret};

use super::{
    account::allowed,
    stripe::{note_changed, seen, who_changed_it},
};
use crate::ports::{
    Services,
    admin::{not_yours, refused},
};

/// Removes the secret at `place`, counted from 0, of those that the form showed at `version`.
pub async fn remove(
    services: &Services,
    program: Program,
    place: &str,
    version: &str,
) -> anyhow::Result<Outcome> {
    let Some((owner, actor)) = allowed(services, program) else {
        return Ok(not_yours());
    };
    let by = By {
        actor: Some(actor),
        seen: seen(version),
    };
    let place = place.trim().parse().ok();
    Ok(
        match remove_secret(&services.state, owner, place, by).await? {
            Ok(()) => {
                note_changed(services, actor).await?;
                Outcome::Done("The signing secret was removed.".to_owned())
            }
            Err(NotRemoved::NotConnected) => refused("Stripe is not connected."),
            Err(NotRemoved::Stays(why)) => refused(why.sentence()),
            // Without the newer version: whoever sends the form again must have seen which one it is about.
            Err(NotRemoved::Stale) => {
                let first = who_changed_it(services, owner).await?;
                refused(format!(
                    "{first} What is saved now is shown here. Choose the signing secret again."
                ))
            }
        },
    )
}
