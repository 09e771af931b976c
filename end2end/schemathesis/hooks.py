"""Adds what the OpenAPI document cannot say: client addresses, access tokens and existing objects."""

import faulthandler
import functools
import itertools
import re
import sys
import uuid
from collections import Counter, defaultdict
from pathlib import Path

import requests
import schemathesis
from hypothesis.configuration import set_hypothesis_home_dir
from schemathesis.checks import CHECKS

# Keeps Hypothesis's files in the virtual environment, not among the sources.
set_hypothesis_home_dir(Path(sys.prefix, "hypothesis"))

# Schemathesis ends after `max-time`. If it hangs, this prints a traceback and exits.
faulthandler.dump_traceback_later(90, exit=True)

# The share of valid requests to an operation that must succeed; responses with 429 are not counted.
MIN_SUCCESS_SHARE = 0.25
IDEMPOTENCY_KEY = "Idempotency-Key"
# A membership has to be paid on Stripe's page first, which nobody does here. `memberships/api` of the integration
# tests holds its answers to the document.
NEEDS_A_MEMBERSHIP = "POST /api/v1/me/memberships/{id}/portal"
# The site has to switch it on, and a member does it once. `api/referrer` of the integration tests holds its answers to
# the document.
NEEDS_A_SETTING = "POST /api/v1/me/referrer"

addresses = (f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}" for n in itertools.count(1))
counters = defaultdict(itertools.count)
statuses_by_operation = defaultdict(Counter)
valid_statuses = defaultdict(Counter)


@schemathesis.hook
def after_load_schema(context, schema):
    """Registers every operation, so that one without requests is reported."""
    for path, operations in schema.raw_schema["paths"].items():
        for method in operations:
            statuses_by_operation[f"{method.upper()} {path}"]


@schemathesis.hook
def before_call(context, case, kwargs):
    operation = case.operation.definition.raw
    base = case.operation.schema.get_base_url().rstrip("/") + "/api/v1"
    # Headers are changed here, not in the case: the case must keep the invalid token that it was
    # generated with, because the response is checked against it.
    kwargs["auth"] = functools.partial(change_headers, operation, base, bool(case.auth_identity))
    use_real_data = REAL_DATA.get(operation["operationId"])
    if use_real_data and is_valid(case) and next(counters[use_real_data]) % 2 == 0:
        use_real_data(case, base)


def change_headers(operation, base, signed_in, request):
    set_new_address(request)
    headers = request.headers
    if not operation.get("security"):
        headers.pop("Authorization", None)
    if operation["operationId"] in ("logout", "delete_me") and signed_in:
        # Another member leaves; otherwise the token would be invalid for the rest of the run.
        headers["Authorization"] = f"Bearer {register(base, new_member())['token']}"
    if request.body and is_valid_key(headers.get(IDEMPOTENCY_KEY)) and next(counters[IDEMPOTENCY_KEY]) % 3:
        # Every third request repeats a key. A repeated key would hide errors of another body.
        headers[IDEMPOTENCY_KEY] = str(uuid.uuid4())
    return request


def set_new_address(request):
    """Rate limits count by address, so a single address would soon get only 429."""
    request.headers["X-Forwarded-For"] = next(addresses)
    return request


def is_valid_key(header):
    return header is not None and re.fullmatch("[!-~]{1,255}", header)


def is_valid(case):
    return case.meta.generation.mode.is_positive


@schemathesis.check
class every_operation_succeeds:
    """Requests that are all refused prove nothing."""

    def after_response(self, ctx, response, case):
        label = case.operation.label
        statuses_by_operation[label][response.status_code] += 1
        if is_valid(case):
            valid_statuses[label][response.status_code] += 1

    def after_run(self, ctx):
        checks = [name for name in CHECKS.get_all_names() if ctx.config.get_by_name(name=name).enabled]
        print(f" {len(checks)} checks on each response")
        refused = []
        for label, statuses in sorted(statuses_by_operation.items()):
            valid = valid_statuses[label]
            by_status = ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items()))
            print(f" {label}: {by_status}; {successes(valid)} of {valid.total()} valid requests succeeded")
            if label not in (NEEDS_A_MEMBERSHIP, NEEDS_A_SETTING) and successes(valid) <= MIN_SUCCESS_SHARE * (valid.total() - valid[429]):
                refused.append(label)
        assert not refused, f"too few valid requests succeeded: {', '.join(refused)}"


def successes(statuses):
    return sum(count for status, count in statuses.items() if 200 <= status < 300)


def new_member(**more):
    """Registration data of a person who is not registered yet."""
    return more | {
        "email": f"{uuid.uuid4()}@example.com",
        "password": "a long way from Wayne County",
        "first_name": "Jane",
        "last_name": "Doe",
        "date_of_birth": "1990-01-15",
    }


def register(base, person):
    return post(f"{base}/auth/register", json=person)


@functools.cache
def referral_code(base):
    """The referral code of a member."""
    token = register(base, new_member())["token"]
    return post(f"{base}/me/referral-link", headers={"Authorization": f"Bearer {token}"})["code"]


def post(url, **content):
    response = requests.post(url, auth=set_new_address, timeout=10, **content)
    response.raise_for_status()
    return response.json()


def use_referral_code(case, base):
    case.body |= new_member(referral_code=referral_code(base))


def use_registered_member(case, base):
    person = new_member()
    register(base, person)
    case.body |= {name: person[name] for name in ("email", "password")}


def look_up_referral_code(case, base):
    case.path_parameters["code"] = referral_code(base)


def use_the_password(case, base):
    case.body |= {"password": new_member()["password"], "forfeit_credit_cents": 0}


def use_a_name(case, base):
    case.body |= {name: new_member()[name] for name in ("first_name", "last_name")}


def use_no_return_url(case, base):
    """The demo's site has no app, so that hardly any generated address is allowed."""
    case.body.pop("return_url", None)


# By operation id. Other ids, such as those of products and purchases, Schemathesis takes from responses.
REAL_DATA = {
    "register": use_referral_code,
    "login": use_registered_member,
    "look_up_referral_code": look_up_referral_code,
    "begin_purchase": use_no_return_url,
    "change_me": use_a_name,
    "delete_me": use_the_password,
}
