//! "Why did they get nothing?": one look-up by person, code or link (`docs/rules.md` 194 and 195).

use domain::{
    account::{Role, TenantRole},
    purchase::ProductKind,
    sharing::Channel,
};
use services::referral_clicks::ClickKey;
use store::users;

use super::data::{DAY_MS, FIRST_DAY};
use crate::support::{Browser, CODE, GOOD_FORM, TestApp, moment, on_both_databases};

on_both_databases!(
    a_person_is_told_from_click_to_credit,
    a_friend_whom_nobody_referred_says_why,
    a_code_or_a_link_says_whose_it_is_and_what_it_brought,
    a_code_says_how_often_its_link_was_opened,
    several_people_are_asked_back_and_strangers_are_nobody,
);

const WHY: &str = "/admin/referrals/why";

async fn asked(browser: &Browser, text: &str) -> String {
    let text: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let page = browser.get(&format!("{WHY}?q={text}")).await;
    assert_eq!(page.status, 200, "{text}");
    page.text
}

/// Asserts that the page has these texts in this order.
pub fn in_order(page: &str, texts: &[&str]) {
    let mut rest = page;
    for text in texts {
        let at = rest.find(text);
        let at = at.unwrap_or_else(|| panic!("no {text} after what is before it: {page}"));
        rest = &rest[at + text.len()..];
    }
}

async fn a_person_is_told_from_click_to_credit(app: TestApp) {
    let referred = app.referred().await;
    let dana = app.detroit_admin().await;
    let page = dana.get("/admin/referrals").await.text;
    assert!(page.contains(WHY), "{page}");
    let waiting = asked(&dana, "jane@example.com").await;
    in_order(
        &waiting,
        &[
            "They bought nothing yet that counts.",
            "Referred by",
            "Mia Stone",
            "Wait for a purchase that counts",
            "Clicked the link",
            "Registered",
        ],
    );
    let free = app
        .product(&app.detroit, ProductKind::EventTicket, "open-day", 0)
        .await;
    let site = app.site().await;
    let sold =
        services::purchases::counter_sale::record(&app.state, &site, referred.jane.id, free.id);
    sold.await.unwrap().unwrap();
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.run_jobs().await;
    let by_id = format!("{WHY}?member={}", referred.jane.id);
    let page = dana.get(&by_id).await.text;
    let story = format!("/admin/referrals/tenant/{}", app.referral().await.id);
    in_order(
        &page,
        &[
            "The referrer got the credit.",
            &story,
            "Bought The open-day",
            "Not counted: it was free, or paid with credit",
            "Bought The steel-challenge",
            "Counted: it earns the credit",
        ],
    );
    // The referrer is told by what their code brought.
    let mia = asked(&dana, "mia@example.com").await;
    in_order(
        &mia,
        &[
            "without a link that counts",
            CODE,
            "This code counts.",
            "Jane Doe",
            "Credited",
        ],
    );
    let member = dana
        .get(&format!("/admin/members/{}", referred.jane.id))
        .await
        .text;
    assert!(member.contains(&by_id), "{member}");
}

async fn a_friend_whom_nobody_referred_says_why(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", CODE).await;
    let mut form = GOOD_FORM.to_vec();
    form.push(("referred_by", "ab3kx7mm from <i>Mia</i>"));
    app.browser().go("register", &form).await;
    let jane = app.find(&app.detroit, "jane@example.com").await.unwrap();
    let dana = app.detroit_admin().await;
    let page = asked(&dana, "Jane Doe").await;
    let attach = format!("/admin/members/{}#attach-title", jane.id);
    in_order(
        &page,
        &[
            "what they typed is nobody's code here",
            &attach,
            "Clicked a link",
            "Not recorded",
            "They typed: ab3kx7mm from &lt;i&gt;Mia&lt;/i&gt;",
        ],
    );
    // Who only looks is told what can be done, without the way to it.
    app.staff(
        &app.detroit,
        Role::Tenant(TenantRole::Viewer),
        "vera@example.com",
    )
    .await;
    let vera = app.signed_in("vera@example.com").await;
    let page = asked(&vera, "Jane Doe").await;
    assert!(page.contains("Say who referred them"), "{page}");
    assert!(!page.contains(&attach), "{page}");
    // What is paid before anybody is named is too late.
    let ticket = app
        .product(&app.detroit, ProductKind::EventTicket, "steel", 4_500)
        .await;
    let site = app.site().await;
    let sold =
        services::purchases::counter_sale::record(&app.state, &site, jane.id, ticket.id).await;
    sold.unwrap().unwrap();
    app.run_jobs().await;
    let page = asked(&dana, "Jane Doe").await;
    in_order(
        &page,
        &[
            "Give credit by hand",
            "Not counted: nobody had referred them",
        ],
    );
    assert!(!page.contains(&attach), "{page}");
}

async fn a_code_or_a_link_says_whose_it_is_and_what_it_brought(app: TestApp) {
    let referred = app.referred().await;
    app.referrer(&app.coaching, "kim@example.com", "hj4kx7mn")
        .await;
    let dana = app.detroit_admin().await;
    for text in [CODE, "AB3K-X7MN", "https://detroit.example/?ref=ab3kx7mn."] {
        let page = asked(&dana, text).await;
        in_order(
            &page,
            &[
                CODE,
                "This code counts.",
                "Mia Stone",
                "mia@example.com",
                "Jane Doe",
            ],
        );
    }
    for (text, near) in [
        ("ab3kx7mm", true),
        ("ab3kx7m0", true),
        ("https://detroit.example/?ref=ab3kx7mp", true),
        // Another tenant's is nobody's here.
        ("hj4kx7mn", false),
        ("hj4kx7mm", false),
    ] {
        let page = asked(&dana, text).await;
        assert!(page.contains("is no member&#x27;s here") || page.contains("is no member's here"));
        assert_eq!(page.contains("Nearly the same"), near, "{text}: {page}");
        assert!(!page.contains("kim@example.com"), "{page}");
    }
    let now = app.state.now();
    users::set_blocked(app.state.db.writer(), &referred.mia, Some(now))
        .await
        .unwrap();
    let page = asked(&dana, CODE).await;
    assert!(page.contains("the member is blocked"), "{page}");
    app.leave_jobs();
}

async fn a_code_says_how_often_its_link_was_opened(app: TestApp) {
    let mia = app.referrer(&app.detroit, "mia@example.com", CODE).await;
    let dana = app.detroit_admin().await;
    let page = asked(&dana, CODE).await;
    in_order(&page, &["Clicks", "None yet", "without names"]);
    let counted = &app.state.referral_clicks;
    for (day, channel) in [(0, Channel::Qr), (0, Channel::Qr), (3, Channel::Mail)] {
        let at = moment((FIRST_DAY + day) * DAY_MS);
        counted.count(ClickKey::at(at, app.detroit.id(), mia.id, channel));
    }
    counted.flush(&app.state).await.unwrap();
    let friend = app.browser();
    friend.get("/?ref=ab3kx7mn&via=mail").await;
    friend.go("register", &GOOD_FORM).await;
    let of_code = asked(&dana, CODE).await;
    let of_referrer = asked(&dana, "mia@example.com").await;
    for page in [of_code, of_referrer] {
        in_order(
            &page,
            &[
                "3 clicks, 1 joined",
                "From November 1, 2026, last on November 4, 2026 (UTC)",
                "Email",
                "1 click, 1 joined",
                "QR code",
                "2 clicks, 0 joined",
                "without names",
                "Jane Doe",
            ],
        );
    }
    let page = asked(&dana, "jane@example.com").await;
    let channel = "Channel: Email. They typed no code and no name.";
    in_order(&page, &["Clicked the link", "Registered", channel]);
    // A code that is nobody's has no clicks.
    let page = asked(&dana, "hj4kx7mn").await;
    assert!(!page.contains("Clicks"), "{page}");
}

async fn several_people_are_asked_back_and_strangers_are_nobody(app: TestApp) {
    let mia = app.member(&app.detroit, "Mia", "mia@example.com").await;
    let margaret = app.member(&app.detroit, "Margaret", "mg@example.com").await;
    let kim = app.member(&app.coaching, "Kim", "kim@example.com").await;
    let dana = app.detroit_admin().await;
    let page = asked(&dana, "Stone").await;
    assert!(page.contains("Whom do you mean?"), "{page}");
    for member in [&mia, &margaret] {
        assert!(page.contains(&format!("{WHY}?member={}", member.id)));
    }
    // A name that could be a code.
    let page = asked(&dana, "Margaret").await;
    assert!(page.contains("without a link that counts"), "{page}");
    for nobody in ["Kim", "kim@example.com", "<b>"] {
        let page = asked(&dana, nobody).await;
        assert!(page.contains("Nobody found"), "{nobody}: {page}");
    }
    let page = dana.get(&format!("{WHY}?member={}", kim.id)).await.text;
    assert!(page.contains("Nobody found"), "{page}");
    let page = dana.get(WHY).await.text;
    assert!(page.contains("Person, code or link") && !page.contains("Nobody found"));
}
