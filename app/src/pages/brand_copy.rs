//! The marketing texts of each platform brand; both brands share the pages.

/// A title with one or two sentences.
pub struct Benefit {
    pub title: &'static str,
    pub words: &'static str,
}

/// The texts of one brand.
pub struct BrandCopy {
    /// Shown under the tagline.
    pub promise: &'static str,
    pub benefits_title: &'static str,
    pub benefits: [Benefit; 4],
    pub steps_title: &'static str,
    /// How a referral earns a credit.
    pub steps: [Benefit; 3],
    /// Shown above the last button.
    pub closing: &'static str,
    /// Shown under the title of the pricing page.
    pub pricing_lede: &'static str,
    /// The features of both plans.
    pub included: [&'static str; 6],
}

/// What can be checked of the product: each is a rule with tests (`docs/rules.md`), or is seen in the console.
pub static PROOF: [Benefit; 6] = [
    Benefit {
        title: "Each credit once",
        words: "A first purchase earns its credit exactly once, also when a connection breaks half-way. \
                The story of each referral shows every step.",
    },
    Benefit {
        title: "Compared with Stripe every night",
        words: "What we wrote and what Stripe has are compared to the cent. A difference is shown to you, \
                with what you can do about it.",
    },
    Benefit {
        title: "A backup repeats nothing",
        words: "If the database has to be restored from a backup, credits that Stripe already has are \
                found there and not given again.",
    },
    Benefit {
        title: "The credit is with your Stripe account",
        words: "A credit is a balance of your customer at Stripe. It stays there whether or not you stay \
                with us. No card number is stored here.",
    },
    Benefit {
        title: "Nobody refers themselves",
        words: "A member's own address in another spelling earns nothing, and many friends at once can be \
                held for your review.",
    },
    Benefit {
        title: "Pages for everybody",
        words: "Each page is checked for accessibility by axe (WCAG 2.1, A and AA), on a phone and on a \
                desktop.",
    },
];

impl BrandCopy {
    /// The texts of the brand with this theme.
    pub fn of(theme: &str) -> &'static Self {
        match theme {
            "coachpros" => &COACHPROS,
            _ => &PEWPROS,
        }
    }
}

static PEWPROS: BrandCopy = BrandCopy {
    promise: "Sell memberships, fill events and classes, and let every member bring the next one. \
              One site under your own name, run from one console.",
    benefits_title: "Everything a range and its instructors sell",
    benefits: [
        Benefit {
            title: "Memberships that renew automatically",
            words: "Members join online and pay every month through Stripe. Credit on their \
                    balance comes off the next payment.",
        },
        Benefit {
            title: "Events that sell out on time",
            words: "Matches, ladies' nights, open houses: put a ticket on sale in a minute, \
                    withdraw it when the lanes are full.",
        },
        Benefit {
            title: "Classes for every instructor",
            words: "From first shots to concealed carry. A course has its own page, its price and \
                    its dates, and a buyer pays before arriving.",
        },
        Benefit {
            title: "Referrals that pay for themselves",
            words: "A member shares a link, a friend makes a first purchase, and the credit is on \
                    the member's balance. Nobody keeps a list.",
        },
    ],
    steps_title: "How a member brings a friend",
    steps: [
        Benefit {
            title: "A link to share",
            words: "Each member gets one from the dashboard. It works on every page of your site.",
        },
        Benefit {
            title: "A friend who buys",
            words: "A ticket, a class, a membership or something from the shop: the first \
                    purchase counts.",
        },
        Benefit {
            title: "A credit that arrives",
            words: "You choose the amount. It goes to the member's Stripe balance, and they are \
                    notified right away.",
        },
    ],
    closing: "Open your range's site this week",
    pricing_lede: "One product for your whole range. Pay by the year or by the month.",
    included: [
        "Your own site with catalog, accounts and dashboard",
        "Memberships, event tickets, courses and a shop",
        "Member referrals with credits on Stripe balances",
        "Payments to your own Stripe account",
        "Sales at the counter, recorded in the console",
        "A log of every change that your staff makes",
    ],
};

static COACHPROS: BrandCopy = BrandCopy {
    promise: "Sell courses and coaching, take payments while you are on the floor, and grow \
              through the clients you already have.",
    benefits_title: "Less desk, more coaching",
    benefits: [
        Benefit {
            title: "Clients in one place",
            words: "Who they are, what they bought and who sent them, found by the first letters \
                    of a name.",
        },
        Benefit {
            title: "Courses that sell while you coach",
            words: "A page for each course and workshop, with a price and a button. No messages \
                    back and forth about how to pay.",
        },
        Benefit {
            title: "Payments without chasing",
            words: "Stripe takes the card before the first session. Monthly coaching renews \
                    automatically, and cash at the door is recorded too.",
        },
        Benefit {
            title: "Clients who bring clients",
            words: "Each client has a link. When a friend starts with you, the credit comes off \
                    the client's next month.",
        },
    ],
    steps_title: "How one client becomes two",
    steps: [
        Benefit {
            title: "A client shares a link",
            words: "It is on their dashboard, ready to send.",
        },
        Benefit {
            title: "A friend starts with you",
            words: "They register, and their first payment makes the referral count.",
        },
        Benefit {
            title: "The client is thanked",
            words: "A credit of the amount you chose goes to their balance automatically, once.",
        },
    ],
    closing: "Start before your next session",
    pricing_lede: "One product for your whole practice. Pay by the year or by the month.",
    included: [
        "Your own site with courses, accounts and dashboard",
        "Monthly coaching, single courses and things to take home",
        "Client referrals with credits on Stripe balances",
        "Payments to your own Stripe account",
        "Payments in person, recorded in the console",
        "A log of every change that you or a colleague makes",
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_brand_has_its_own_texts() {
        let (pew, coach) = (BrandCopy::of("pewpros"), BrandCopy::of("coachpros"));
        assert_ne!(pew.promise, coach.promise);
        assert_ne!(pew.closing, coach.closing);
        for (one, other) in pew.benefits.iter().zip(&coach.benefits) {
            assert_ne!(one.title, other.title);
        }
    }
}
