//! "Test connection" with a fault on the way: the answer says nothing about the key then, and the
//! next test says that the key works.

use app::{ports::Settings, types::Outcome};
use domain::credit::Program;

use super::{Call, Trouble, owed::Owed};
use crate::support::TestApp;

mod tenant {
    crate::faults::trouble::each_trouble!(
        crate::faults::ping::says_what_it_knows,
        domain::credit::Program::Tenant
    );
}

mod platform {
    crate::faults::trouble::each_trouble!(
        crate::faults::ping::says_what_it_knows,
        domain::credit::Program::Platform
    );
}

async fn says_what_it_knows(mut app: TestApp, program: Program, trouble: Trouble) {
    trouble.shorten_patience(&mut app);
    Owed::of(&app, program).await;
    let admin = match program {
        Program::Tenant => app.admin(&app.detroit, "dana@example.com").await,
        Program::Platform => app.platform_admin(&app.detroit, "pat@example.com").await,
    };
    let services = app.services(&app.detroit, Some(&admin)).await;
    trouble.strike(&app, Call::CustomersByEmail);
    let Ok(Outcome::Refused(refusal)) = services.test_stripe(program).await else {
        panic!("it cannot know");
    };
    let said = refusal.message.unwrap();
    let nothing = "Stripe does not answer right now, so the key could not be tested.";
    assert!(said.starts_with(nothing), "{said}");
    trouble.end(&app).await;
    let Ok(Outcome::Done(said)) = services.test_stripe(program).await else {
        panic!("it works");
    };
    assert!(said.starts_with("Stripe answered."), "{said}");
}
