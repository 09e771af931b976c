//! Refunds, credit by hand, and referrals that are voided.

use domain::{
    credit::Program,
    purchase::{ORDERS_PATH, OrderFilter},
};
use leptos::prelude::*;

use crate::types::{Outcome, admin::referral_path};

/// **Refund** of a purchase.
#[server(endpoint = "refund_order")]
pub async fn refund_order(
    #[server(default)] program: String,
    #[server(default)] number: String,
    #[server(default)] amount: String,
    #[server(default)] reason: String,
    #[server(default)] ending: String,
    #[server(default)] token: String,
) -> Result<Outcome, ServerFnError> {
    use super::read;
    use crate::{ports::Ports, server_fns::answer::answer, types::admin::RefundForm};

    let (program, number) = (read::program(&program), read::id(&number));
    let form = RefundForm {
        number,
        amount,
        reason,
        ending,
        token,
    };
    let outcome = Ports::current().admin_money.refund(program, &form).await;
    let page = match &outcome {
        Ok(Outcome::Done(_)) => order_path(program, number),
        _ => refund_path(program, number),
    };
    let typed = [
        ("amount", form.amount.as_str()),
        ("reason", &form.reason),
        ("ending", &form.ending),
        ("token", &form.token),
    ];
    answer("refund_order", &page, &typed, outcome).await
}

/// **Give** of a credit to a member or a platform referrer.
#[server(endpoint = "give_credit")]
pub async fn give_credit(
    #[server(default)] program: String,
    #[server(default)] id: String,
    #[server(default)] amount: String,
    #[server(default)] reason: String,
    #[server(default)] confirmed: String,
    #[server(default)] token: String,
) -> Result<Outcome, ServerFnError> {
    use crate::ports::Ports;

    let (program, form) = by_hand::form((&program, &id), (amount, reason), (confirmed, token));
    let outcome = Ports::current().admin_money.give(program, &form).await;
    by_hand::answer("give_credit", program, &form, outcome).await
}

/// **Take** of credit from a member or a platform referrer.
#[server(endpoint = "take_credit")]
pub async fn take_credit(
    #[server(default)] program: String,
    #[server(default)] id: String,
    #[server(default)] amount: String,
    #[server(default)] reason: String,
    #[server(default)] confirmed: String,
    #[server(default)] token: String,
) -> Result<Outcome, ServerFnError> {
    use crate::ports::Ports;

    let (program, form) = by_hand::form((&program, &id), (amount, reason), (confirmed, token));
    let outcome = Ports::current().admin_money.take(program, &form).await;
    by_hand::answer("take_credit", program, &form, outcome).await
}

/// What the forms that give and take have in common.
#[cfg(feature = "ssr")]
mod by_hand {
    use domain::credit::Program;
    use leptos::prelude::ServerFnError;

    use super::grant_path;
    use crate::{
        ports::Answer,
        server_fns::{self, admin::read},
        types::{Outcome, admin::GrantForm},
    };

    pub fn form(
        (program, id): (&str, &str),
        (amount, reason): (String, String),
        (confirmed, token): (String, String),
    ) -> (Program, GrantForm) {
        let form = GrantForm {
            id: read::id(id),
            amount,
            reason,
            confirmed,
            token,
        };
        (read::program(program), form)
    }

    pub async fn answer(
        function: &str,
        program: Program,
        form: &GrantForm,
        outcome: Answer<Outcome>,
    ) -> Result<Outcome, ServerFnError> {
        let page = grant_path(program, form.id);
        let typed = [
            ("amount", form.amount.as_str()),
            ("reason", &form.reason),
            ("token", &form.token),
        ];
        server_fns::answer::answer(function, &page, &typed, outcome).await
    }
}

/// **Void this referral**, with the reason.
#[server(endpoint = "void_referral")]
pub async fn void_referral(
    #[server(default)] program: String,
    #[server(default)] id: String,
    #[server(default)] reason: String,
) -> Result<Outcome, ServerFnError> {
    use super::read;
    use crate::{ports::Ports, server_fns::answer::answer};

    let (program, id) = (read::program(&program), read::id(&id));
    let money = Ports::current().admin_money;
    let outcome = money.void(program, id, &reason).await;
    let page = match &outcome {
        Ok(Outcome::Done(_)) => referral_path(program, id),
        _ => void_path(program, id),
    };
    let typed = [("reason", reason.as_str())];
    answer("void_referral", &page, &typed, outcome).await
}

/// The page of the list of orders that shows this one alone.
pub fn order_path(program: Program, number: i64) -> String {
    let order = OrderFilter {
        text: format!("#{number}"),
        ..OrderFilter::all(program)
    };
    order.path()
}

/// The page that refunds an order.
pub fn refund_path(program: Program, number: i64) -> String {
    let query = match program {
        Program::Tenant => "",
        Program::Platform => "?tab=platform",
    };
    format!("{ORDERS_PATH}/{number}/refund{query}")
}

/// The page on which staff gives and takes credit by hand.
pub fn grant_path(program: Program, id: i64) -> String {
    match program {
        Program::Tenant => format!("/admin/members/{id}/grant"),
        Program::Platform => format!("/admin/platform-referrers/{id}/grant"),
    }
}

/// The page that voids a referral.
pub fn void_path(program: Program, id: i64) -> String {
    format!("{}/void", referral_path(program, id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_found_by_its_number_in_its_own_program() {
        assert_eq!(order_path(Program::Tenant, 7), "/admin/orders?q=%237");
        let platform = order_path(Program::Platform, 7);
        assert_eq!(platform, "/admin/orders?tab=platform&q=%237");
        let refund = refund_path(Program::Platform, 7);
        assert_eq!(refund, "/admin/orders/7/refund?tab=platform");
    }
}
