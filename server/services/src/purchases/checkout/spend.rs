//! Pays for a purchase with credit: the debit first, then the coupon and the Checkout session for
//! the rest.

use anyhow::Context;
use domain::{
    credit::{StripeAmount, credit_to_spend},
    money::Money,
    purchase::{PurchaseState, SessionState, left_to_pay},
};
use store::{
    Scope,
    credits::{self as rows, NewDebit},
    deletions,
    entities::{checkout_session, credit, purchase},
    is_taken, purchases,
    stripe_customers::{self, HolderId},
};
use stripe_gateway::{Discount, Payer};

use super::{
    Begun, NoCheckout, UseCredit,
    begin::Sale,
    request::give_up,
    reserve::{Reservation, Reserved, reserve},
    row::asked_for,
};
use crate::{
    credits::{self, Issued},
    stripe_customers::Holder,
};

/// How long a session that holds credit is open, in seconds. Stripe accepts 30 minutes to 24 hours
/// (Stripe, "Checkout Sessions", `expires_at`).
const OPEN_FOR: i64 = 60 * 60;

/// How often, and how long apart, a second click looks whether the first has bought.
const LOOKS: u32 = 50;
const PAUSE: std::time::Duration = std::time::Duration::from_millis(100);

/// What a purchase that is paid with credit consists of before its debit is posted.
struct Written {
    purchase: purchase::Model,
    debit: credit::Model,
    /// `None` if the credit covers the price.
    session: Option<checkout_session::Model>,
}

impl Sale<'_> {
    pub(super) async fn reserve(&self, wanted: UseCredit) -> anyhow::Result<Reserved> {
        let member = Holder::Member(self.buyer.site, self.buyer.user);
        let price = self.product.price();
        reserve(self.engine, self.connection, &member, price, wanted).await
    }

    /// The purchase that the same form made before, if the credit covered it: such a purchase has no
    /// open page that would be answered again. A click that is still buying is waited for.
    pub(super) async fn bought_before(&self) -> anyhow::Result<Option<Begun>> {
        let Some(token) = self.form_token else {
            return Ok(None);
        };
        let (buyer, product) = (self.buyer.user.id, self.product.id);
        for look in 0..LOOKS {
            if look > 0 {
                tokio::time::sleep(PAUSE).await;
            }
            let known = purchases::by_form_token(self.engine.db.reader(), token).await?;
            let same = known.filter(|known| known.buyer_id == buyer && known.product_id == product);
            match same {
                None => return Ok(None),
                // The other click is still posting the debit.
                Some(purchase) if purchase.state == PurchaseState::Open => {}
                Some(purchase) => return Ok(Some(Begun::Bought(Box::new(purchase)))),
            }
        }
        Ok(Some(Begun::Refused(NoCheckout::CreditInUse)))
    }

    /// Writes the purchase with its debit, posts the debit, and asks for a session for what is left
    /// to pay; `None` means: try again.
    pub(super) async fn spend(
        &mut self,
        reservation: Reservation,
        open_for: &str,
    ) -> anyhow::Result<Option<Begun>> {
        let written = match self.write_debit(&reservation, open_for).await {
            // The same form was sent twice at the same time.
            Err(error) if error.downcast_ref().is_some_and(is_taken) => Ok(None),
            written => written,
        };
        let written = match written {
            Ok(Some(written)) => written,
            nothing => {
                reservation.claim.held.release(self.engine).await?;
                return nothing.map(|_| None);
            }
        };
        let issued = credits::issue(self.engine, written.debit.id).await;
        // A debit whose outcome is still open keeps the next one away by itself.
        reservation.claim.held.release(self.engine).await?;
        let issued = issued?;
        if let Issued::Retry(_) | Issued::NothingToDo = issued {
            self.leave(&written).await?;
        }
        let purchase = self.reread(&written.purchase).await?;
        match (issued, *purchase.state) {
            (_, PurchaseState::Paid) => Ok(Some(Begun::Bought(Box::new(purchase)))),
            (Issued::Credited, PurchaseState::Open) => match written.session {
                Some(session) => self.ask(purchase, session).await,
                None => Ok(None),
            },
            // The balance was not enough after all: an invoice took it. The debit went back.
            (Issued::Credited, _) => {
                credits::post_returns(self.engine, purchase.id).await?;
                Ok(None)
            }
            (Issued::Failed(_), _) => {
                self.forget_if_deleted(&written.debit).await?;
                Ok(Some(Begun::Refused(NoCheckout::NotAccepted)))
            }
            (Issued::Retry(_) | Issued::NothingToDo, _) => {
                Ok(Some(Begun::Refused(NoCheckout::Unanswered)))
            }
        }
    }

    /// Writes the purchase, its debit and the request for its session in one transaction; `None` if
    /// another request was first, or the buyer's account is being deleted.
    async fn write_debit(
        &self,
        reservation: &Reservation,
        open_for: &str,
    ) -> anyhow::Result<Option<Written>> {
        let (engine, account) = (self.engine, &self.connection.account);
        let (now, credit) = (engine.now(), reservation.credit);
        let tx = engine.db.begin().await?;
        let buyer = self.buyer.user;
        if deletions::lock_staying(&tx, buyer.site_id, buyer.id)
            .await?
            .is_none()
        {
            return Ok(None);
        }
        let purchase = purchases::insert_at(&tx, self.product, buyer.id, account, now).await?;
        let token = engine.random.token();
        let debit = NewDebit {
            site_id: purchase.site_id,
            buyer_id: buyer.id,
            purchase_id: purchase.id,
            stripe_account_id: account.id,
            mode: account.mode(),
            customer_id: &reservation.claim.customer,
            amount: StripeAmount::of_debit(credit).context("a debit that fits")?,
            token: &token,
        };
        let Some(debit) = rows::insert_debit(&tx, &debit, now).await? else {
            return Ok(None);
        };
        let covered = credit.cents() == purchase.price_cents;
        let session = match covered {
            true => None,
            false => {
                let payer = Payer::Customer(reservation.claim.customer.clone());
                let mut request = self.request(&purchase, payer);
                request.discount = Some(Discount {
                    coupon: token,
                    amount: credit,
                });
                request.expires_at = Some(now.moment().unix_timestamp() + OPEN_FOR);
                let row = self
                    .write_session(&tx, &purchase, &request, open_for)
                    .await?;
                let Some(row) = row else {
                    return Ok(None);
                };
                Some(row)
            }
        };
        if let Some(form_token) = self.form_token.filter(|_| covered) {
            purchases::set_form_token(&tx, purchase.id, form_token).await?;
        }
        // Last, because it locks the customer's row: whoever records a debit locks the ledger's row
        // first, and the insert above may wait for that.
        if !reservation.claim.held.holds(&tx, engine).await? {
            return Ok(None);
        }
        tx.commit().await?;
        engine.console_changed(Scope::Site(purchase.site_id));
        Ok(Some(Written {
            purchase,
            debit,
            session,
        }))
    }

    /// Ends a purchase whose debit has no outcome yet: the buyer is told that nothing was charged.
    /// Should Stripe have the debit after all, it goes back.
    async fn leave(&self, written: &Written) -> anyhow::Result<()> {
        match &written.session {
            Some(session) => give_up(self.engine, session, SessionState::Refused)
                .await
                .map(|_| ()),
            None => {
                let purchase = &written.purchase;
                purchases::set_expired(self.engine.db.writer(), purchase.id).await?;
                self.engine.console_changed(Scope::Site(purchase.site_id));
                Ok(())
            }
        }
    }

    async fn reread(&self, purchase: &purchase::Model) -> anyhow::Result<purchase::Model> {
        let (db, user) = (self.engine.db.reader(), self.buyer.user);
        let bought = purchases::one_of_buyer(db, user.site_id, user.id, purchase.id).await?;
        Ok(bought
            .context("the purchase that was just written")?
            .purchase)
    }

    /// The credit that the buyer agrees to on an open session: what it already holds, if the buyer
    /// wants to use credit and pays no more there than the page said.
    pub(super) async fn credit_on(
        &self,
        open: &checkout_session::Model,
    ) -> anyhow::Result<Option<Money>> {
        let Some(wanted) = self.credit else {
            return Ok(None);
        };
        let asked = asked_for(open)?;
        let price = self.product.price();
        let held = asked
            .and_then(|asked| asked.discount)
            .map(|held| held.amount);
        if let Some(held) = held {
            let to_pay = left_to_pay(price, held);
            let agreed = to_pay.is_some_and(|to_pay| wanted.is_met_by(to_pay));
            return Ok(agreed.then_some(held));
        }
        // A page at the full price stays, unless there is credit to lower it.
        let (db, account) = (self.engine.db.reader(), self.connection.account.id);
        let member = HolderId::Member(self.buyer.user.id);
        let row = stripe_customers::get(db, account, member).await?;
        let known = row.and_then(|row| row.balance(price.currency()));
        Ok(known.and_then(|known| credit_to_spend(price, known)))
    }

    /// A debit that Stripe refused may mean that the customer was deleted there.
    async fn forget_if_deleted(&mut self, debit: &credit::Model) -> anyhow::Result<()> {
        let Some(customer) = &debit.stripe_customer_id else {
            return Ok(());
        };
        let found = self.connection.gateway.customer(customer).await;
        if found.is_ok_and(|found| found.living().is_none()) {
            let (db, account) = (self.engine.db.writer(), self.connection.account.id);
            let member = HolderId::Member(self.buyer.user.id);
            stripe_customers::forget_customer(db, account, member, customer).await?;
            self.customer = None;
        }
        Ok(())
    }
}
