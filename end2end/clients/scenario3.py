"""Scenario 3 of the guide, with a client that openapi-python-client made from `docs/openapi.json`."""

import datetime
import os
import time
import uuid

import httpx
from pewpros_client import AuthenticatedClient, Client
from pewpros_client.api.accounts import login, register
from pewpros_client.api.member import (
    get_me,
    get_referrals_summary,
    list_referrals,
    make_referral_link,
)
from pewpros_client.api.referral_codes import look_up_referral_code
from pewpros_client.api.shop import begin_purchase, get_purchase, list_products
from pewpros_client.models import (
    Credentials,
    Linking,
    NewPurchase,
    Problem,
    ProductKind,
    PurchaseStatus,
    ReferralStatus,
    Registration,
)

PATIENCE_S = 30
POLL_S = 0.1


def main():
    site = os.environ["PEWPROS_SITE"]
    stranger = Client(site, raise_on_unexpected_status=True)

    # 1. The referrer signs in and gets the code that is shared.
    credentials = Credentials(os.environ["PEWPROS_EMAIL"], os.environ["PEWPROS_PASSWORD"])
    signed_in = answered(login.sync(client=stranger, body=credentials))
    referrer = with_token(site, signed_in.token)
    shared = answered(make_referral_link.sync(client=referrer))
    assert shared.link == f"{site}?ref={shared.code}", shared
    before = totals(referrer)

    # 2. The friend's app looks the code up as it was typed.
    known = answered(look_up_referral_code.sync(shared.code.upper(), client=stranger))
    assert (known.code, known.first_name) == (shared.code, signed_in.user.first_name), known

    # 3. The friend registers with the code. Sent again with the same key, nobody registers twice.
    registration = Registration(
        email=f"friend-{uuid.uuid4()}@example.com",
        password="securepassword",
        first_name="Jane",
        last_name="Doe",
        date_of_birth=datetime.date(1990, 1, 15),
        referral_code=shared.code,
    )
    once = {"client": stranger, "body": registration, "idempotency_key": str(uuid.uuid4())}
    registered = answered(register.sync(**once))
    assert registered.referral.status == Linking.LINKED, registered
    assert registered.referral.reason is None, registered
    assert answered(register.sync(**once)).user.id == registered.user.id
    taken = register.sync(client=stranger, body=registration)
    assert isinstance(taken, Problem) and taken.status == 409, taken
    assert taken.type_ == "urn:pewpros:problem:email-taken", taken

    # 4. The referrer sees the friend.
    pending = newest(referrer)
    assert (pending.friend, pending.status) == ("Jane D.", ReferralStatus.PENDING), pending
    assert pending.credit is None, pending
    joined, waiting, credited = before
    assert totals(referrer) == (joined + 1, waiting + 1, credited)

    # 5. The friend's first purchase earns the credit.
    friend = with_token(site, registered.token)
    products = answered(list_products.sync(client=friend)).data
    product = next(product for product in products if product.kind == ProductKind.EVENT_TICKET)
    begun = answered(begin_purchase.sync(client=friend, body=NewPurchase(product.id)))
    assert (begun.status, begun.price) == (PurchaseStatus.OPEN, product.price), begun
    pay(begun.checkout_url)
    earned = until_credited(referrer)
    assert earned.id == pending.id, earned
    assert earned.credit == answered(get_me.sync(client=referrer)).referral.reward, earned
    assert totals(referrer) == (joined + 1, waiting, credited + 1)
    bought = answered(get_purchase.sync(begun.id, client=friend))
    assert (bought.status, bought.paid) == (PurchaseStatus.PAID, product.price), bought


def with_token(site, token):
    return AuthenticatedClient(site, token, raise_on_unexpected_status=True)


def answered(answer):
    """What a call answered, unless it answered with a problem."""
    assert answer is not None and not isinstance(answer, Problem), answer
    return answer


def newest(referrer):
    """The referrer's newest referral."""
    return answered(list_referrals.sync(client=referrer, limit=1)).data[0]


def totals(referrer):
    """How many friends joined, and of those how many are pending and credited."""
    summary = answered(get_referrals_summary.sync(client=referrer))
    return summary.joined, summary.pending, summary.credited


def pay(checkout_url):
    """Pays on the page of Stripe's stand-in, without a browser."""
    stand_in, session = checkout_url.split("/pay/")
    answer = httpx.post(
        f"{stand_in}/_control/sessions/complete", json={"session": session, "how": "paid"}
    )
    answer.raise_for_status()


def until_credited(referrer):
    """Asks until the newest referral is credited."""
    end = time.monotonic() + PATIENCE_S
    while (referral := newest(referrer)).status != ReferralStatus.CREDITED:
        assert time.monotonic() < end, f"after {PATIENCE_S} s still {referral}"
        time.sleep(POLL_S)
    return referral


main()
