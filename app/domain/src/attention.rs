//! What in a program needs an admin's attention: failed credits, payments that match nothing, money
//! that waits for a key, and a connection that does not work.

use crate::{
    credit::Program, purchase::ORDERS_PATH, referral::REFERRALS_PATH, stripe_keys::Health,
};

/// The most of a kind that are told by their number.
pub const MOST_TOLD: u64 = 100;

/// What needs attention in one program. Of each kind at most one more than [`MOST_TOLD`] is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attention {
    pub program: Program,
    /// Credits that failed and can be retried.
    pub failed: u64,
    /// Payments that match no purchase.
    pub unmatched: u64,
    /// Orders paid lately with another amount than their price.
    pub other_amounts: u64,
    /// The number of the newest of them; 0 if there are none.
    pub newest_other_amount: i64,
    /// Returns of credit that wait for Stripe for long.
    pub waiting: u64,
    /// Differences of the books that wait for a person, at the last comparison.
    pub differences: u64,
    /// Credits that wait for a person.
    pub reviews: u64,
    /// The connection to Stripe; `None` if there is none, which is a choice.
    pub health: Option<Health>,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttentionLine {
    /// What is wrong, and what to do.
    pub sentence: String,
    /// The path of the page where it is done.
    pub path: String,
}

/// The path of the page with the connection and the unmatched payments.
pub const PAYMENTS_PATH: &str = "/admin/settings?tab=payments";

impl Attention {
    /// One line for each thing, worst first; empty if all is well.
    pub fn lines(&self) -> Vec<AttentionLine> {
        let line = |sentence: String, path: &str| AttentionLine {
            sentence,
            path: path.to_owned(),
        };
        let of = match self.program {
            Program::Tenant => "",
            Program::Platform => " of platform referrers",
        };
        let failed = match self.program {
            Program::Tenant => format!("{REFERRALS_PATH}?status=failed"),
            Program::Platform => format!("{REFERRALS_PATH}?tab=platform&status=failed"),
        };
        let mut lines = Vec::new();
        // A key that was not tried may work.
        let health = self.health.filter(|health| *health != Health::NotTried);
        if let Some(sentence) = health.and_then(Health::sentence) {
            let whose = match self.program {
                Program::Tenant => "",
                Program::Platform => "PewPros and CoachPros: ",
            };
            lines.push(line(format!("{whose}{sentence}"), PAYMENTS_PATH));
        }
        if self.failed > 0 {
            let credits = counted(self.failed, "credit", "credits");
            lines.push(line(
                format!("{credits}{of} could not be applied. See why, and what to do."),
                &failed,
            ));
        }
        if self.reviews > 0 {
            let credits = counted(self.reviews, "credit", "credits");
            let wait = if self.reviews == 1 { "waits" } else { "wait" };
            lines.push(line(
                format!("{credits}{of} {wait} for your review. Read why, then approve or deny."),
                reviews_path(self.program),
            ));
        }
        if self.unmatched > 0 {
            let payments = counted(self.unmatched, "payment matches", "payments match");
            lines.push(line(
                format!("{payments} no purchase. Record the sale, or dismiss it."),
                PAYMENTS_PATH,
            ));
        }
        if self.other_amounts > 0 {
            let orders = counted(
                self.other_amounts,
                "order was paid with another amount than its price",
                "orders were paid with another amount than their price",
            );
            let newest = self.newest_other_amount;
            lines.push(line(
                format!("{orders}, the newest of them #{newest}. Compare it with Stripe."),
                &format!("{ORDERS_PATH}?q=%23{newest}"),
            ));
        }
        if self.waiting > 0 {
            let returns = counted(
                self.waiting,
                "return of credit waits",
                "returns of credit wait",
            );
            lines.push(line(
                format!(
                    "{returns} for Stripe. If the account that it was spent at is not connected, \
                     connect it."
                ),
                PAYMENTS_PATH,
            ));
        }
        if self.differences > 0 {
            let differences = counted(
                self.differences,
                "balance at Stripe differs",
                "balances at Stripe differ",
            );
            lines.push(line(
                format!("{differences} from the books{of}. See what it means, and what to do."),
                books_path(self.program),
            ));
        }
        lines
    }
}

/// The path of the books of a program.
pub fn books_path(program: Program) -> &'static str {
    match program {
        Program::Tenant => "/admin/referrals/books?tab=tenant",
        Program::Platform => "/admin/referrals/books?tab=platform",
    }
}

/// The path of the credits of a program that are under review.
pub fn reviews_path(program: Program) -> &'static str {
    match program {
        Program::Tenant => "/admin/referrals/reviews?tab=tenant",
        Program::Platform => "/admin/referrals/reviews?tab=platform",
    }
}

/// The path of the page with the mails that could not be delivered.
pub const MAIL_PATH: &str = "/admin/mail";

/// The line about mails of the site that could not be delivered; `None` if there are none.
pub fn undelivered_mail(count: u64) -> Option<AttentionLine> {
    let mails = counted(count, "email", "emails");
    (count > 0).then(|| AttentionLine {
        sentence: format!("{mails} could not be delivered. See to whom, and why."),
        path: MAIL_PATH.to_owned(),
    })
}

fn counted(count: u64, one: &str, many: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        _ if count > MOST_TOLD => format!("More than {MOST_TOLD} {many}"),
        _ => format!("{count} {many}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WELL: Attention = Attention {
        program: Program::Tenant,
        failed: 0,
        unmatched: 0,
        other_amounts: 0,
        newest_other_amount: 0,
        waiting: 0,
        differences: 0,
        reviews: 0,
        health: Some(Health::Connected),
    };

    #[test]
    fn where_all_is_well_nothing_is_said() {
        assert!(WELL.lines().is_empty());
        let apart = Attention {
            health: None,
            ..WELL
        };
        assert!(apart.lines().is_empty());
    }

    #[test]
    fn undelivered_mail_is_counted() {
        assert_eq!(undelivered_mail(0), None);
        let line = undelivered_mail(2).unwrap();
        assert!(line.sentence.starts_with("2 emails could not"));
        let many = undelivered_mail(MOST_TOLD + 1).unwrap();
        assert!(many.sentence.starts_with("More than 100 emails could"));
        assert_eq!(line.path, "/admin/mail");
    }

    #[test]
    fn credits_that_wait_for_a_review_are_counted() {
        let waiting = |reviews| Attention { reviews, ..WELL }.lines();
        let one = &waiting(1)[0];
        assert!(one.sentence.starts_with("1 credit waits for your review."));
        assert_eq!(one.path, "/admin/referrals/reviews?tab=tenant");
        let two = &waiting(2)[0].sentence;
        assert!(two.starts_with("2 credits wait for your review."), "{two}");
    }

    #[test]
    fn each_thing_says_what_to_do_and_where() {
        let all = Attention {
            failed: 1,
            unmatched: 2,
            other_amounts: 1,
            newest_other_amount: 12,
            waiting: 3,
            differences: 4,
            health: Some(Health::KeyRejected),
            ..WELL
        };
        let lines = all.lines();
        assert!(lines[0].sentence.starts_with("Stripe rejects"));
        assert!(lines[1].sentence.starts_with("1 credit could not"));
        assert_eq!(lines[1].path, "/admin/referrals?status=failed");
        assert!(lines[2].sentence.starts_with("2 payments match no"));
        assert!(lines[3].sentence.starts_with("1 order was paid with"));
        assert_eq!(lines[3].path, "/admin/orders?q=%2312");
        assert!(lines[4].sentence.starts_with("3 returns of credit wait"));
        assert!(
            lines[5]
                .sentence
                .starts_with("4 balances at Stripe differ from the books.")
        );
        assert_eq!(lines[5].path, "/admin/referrals/books?tab=tenant");
        let platform = Attention {
            program: Program::Platform,
            ..all
        };
        let path = &platform.lines()[1].path;
        assert_eq!(path, "/admin/referrals?tab=platform&status=failed");
        let untried = Attention {
            health: Some(Health::NotTried),
            ..WELL
        };
        assert!(untried.lines().is_empty());
    }
}
