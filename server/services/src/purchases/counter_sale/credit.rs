//! A counter sale that is paid with credit, in part or in whole: the debit first, and once Stripe has
//! it the sale is paid.

use anyhow::Context;
use domain::{
    credit::{NotSpendable, StripeAmount, credit_at_counter},
    money::Money,
    purchase::PurchaseState,
};
use store::{
    MemberId, ProductId, Scope,
    credits::{self as rows, NewDebit},
    deletions,
    entities::{credit, product, purchase, user},
    products, purchases,
    sites::Site,
    users,
};

use super::{Form, NotRecorded, Recorded, described, recorded, trace};
use crate::{
    Engine,
    credits::{self, Issued},
    purchases::balance_claim::{BalanceClaim, Claiming, claim},
    stripe_customers::{Connection, Holder, connection},
};

/// What the desk sells to whom.
struct Sale<'a> {
    engine: &'a Engine,
    connection: Connection,
    member: user::Model,
    product: product::Model,
    form: Form<'a>,
    credit: Money,
}

/// Sells the product for `wanted` of the member's credit and the rest in person. Nothing is recorded
/// before Stripe has the debit.
pub(super) async fn sell(
    engine: &Engine,
    site: &Site,
    member_id: MemberId,
    product_id: ProductId,
    form: Form<'_>,
    wanted: Money,
) -> anyhow::Result<Result<Recorded, NotRecorded>> {
    let db = engine.db.reader();
    let member = users::by_id(db, site.id(), member_id).await?;
    let Some(member) = member.filter(|member| member.deletion_requested_at.is_none()) else {
        return Ok(Err(NotRecorded::UnknownMember));
    };
    let Some(product) = products::by_id(db, site.id(), product_id).await? else {
        return Ok(Err(NotRecorded::UnknownProduct));
    };
    let Some(connection) = connection(engine, site).await? else {
        return Ok(Err(NotRecorded::NotConnected));
    };
    let price = product.price();
    let holder = Holder::Member(site, &member);
    let claim = match claim(engine, &connection, &holder, price.currency()).await? {
        Claiming::Claimed(claim) => claim,
        Claiming::NoCustomer => {
            let none = NotSpendable::MoreThanAvailable(Money::new(0, price.currency()));
            return Ok(Err(NotRecorded::Credit(none)));
        }
        Claiming::Busy => return Ok(Err(NotRecorded::CreditInUse)),
        Claiming::Unread(_) => return Ok(Err(NotRecorded::Unanswered)),
    };
    let credit = match credit_at_counter(price, claim.available, wanted) {
        Ok(credit) => credit,
        Err(not_spendable) => {
            claim.held.release(engine).await?;
            return Ok(Err(NotRecorded::Credit(not_spendable)));
        }
    };
    let sale = Sale {
        engine,
        connection,
        member,
        product,
        form,
        credit,
    };
    sale.pay(claim).await
}

impl Sale<'_> {
    /// Writes the sale with its debit, posts the debit, and tells how the sale ended.
    async fn pay(&self, claim: BalanceClaim) -> anyhow::Result<Result<Recorded, NotRecorded>> {
        let written = self.write(&claim).await;
        let (sale, debit) = match written {
            Ok(Some(written)) => written,
            nothing => {
                claim.held.release(self.engine).await?;
                let (db, member) = (self.engine.db.writer(), &self.member);
                let left = deletions::is_requested(db, member.site_id, member.id).await?;
                return nothing.map(|_| match left {
                    true => Err(NotRecorded::UnknownMember),
                    false => Err(NotRecorded::CreditInUse),
                });
            }
        };
        let issued = credits::issue(self.engine, debit.id).await;
        claim.held.release(self.engine).await?;
        let issued = issued?;
        if let Issued::Retry(_) | Issued::NothingToDo = issued {
            // Should Stripe have the debit after all, it goes back.
            purchases::set_expired(self.engine.db.writer(), sale.id).await?;
            self.engine.console_changed(Scope::Site(sale.site_id));
        }
        let sale = purchases::by_id(self.engine.db.reader(), sale.id).await?;
        let sale = sale.context("the sale that was just written")?;
        if sale.state == PurchaseState::Paid {
            return Ok(Ok(recorded(&sale)));
        }
        self.take_off_the_log(&sale).await?;
        Ok(Err(match issued {
            // The balance was not enough after all: an invoice took it. The debit went back.
            Issued::Credited => {
                credits::post_returns(self.engine, sale.id).await?;
                NotRecorded::CreditInUse
            }
            Issued::Failed(_) => NotRecorded::NotAccepted,
            Issued::Retry(_) | Issued::NothingToDo => NotRecorded::Unanswered,
        }))
    }

    /// Writes the sale and its debit in one transaction; `None` if another purchase of the member is
    /// first, or the member's account is being deleted.
    async fn write(
        &self,
        claim: &BalanceClaim,
    ) -> anyhow::Result<Option<(purchase::Model, credit::Model)>> {
        let (engine, account) = (self.engine, &self.connection.account);
        let now = engine.now();
        let tx = engine.db.begin().await?;
        let member = &self.member;
        if deletions::lock_staying(&tx, member.site_id, member.id)
            .await?
            .is_none()
        {
            return Ok(None);
        }
        let sale = purchases::insert(&tx, &self.product, self.member.id, None, now).await?;
        purchases::set_form_token(&tx, sale.id, self.form.token).await?;
        let sold = Some(self.sold(&sale));
        trace(&tx, &sale, self.form.actor, &self.member, (None, sold), now).await?;
        let token = engine.random.token();
        let debit = NewDebit {
            site_id: sale.site_id,
            buyer_id: self.member.id,
            purchase_id: sale.id,
            stripe_account_id: account.id,
            mode: account.mode(),
            customer_id: &claim.customer,
            amount: StripeAmount::of_debit(self.credit).context("a debit that fits")?,
            token: &token,
        };
        let Some(debit) = rows::insert_debit(&tx, &debit, now).await? else {
            return Ok(None);
        };
        // Last: whoever records a debit locks the ledger's row before the customer's.
        if !claim.held.holds(&tx, engine).await? {
            return Ok(None);
        }
        tx.commit().await?;
        engine.console_changed(Scope::Site(sale.site_id));
        Ok(Some((sale, debit)))
    }

    /// The sale in the audit log.
    fn sold(&self, sale: &purchase::Model) -> String {
        format!("{}, of it {} with credit", described(sale), self.credit)
    }

    /// The log says that the sale did not take place after all.
    async fn take_off_the_log(&self, sale: &purchase::Model) -> anyhow::Result<()> {
        let (engine, sold) = (self.engine, Some(self.sold(sale)));
        let tx = engine.db.begin().await?;
        let (actor, now) = (self.form.actor, engine.now());
        trace(&tx, sale, actor, &self.member, (sold, None), now).await?;
        Ok(tx.commit().await?)
    }
}
