"""What the document cannot say: who calls from where, and what really exists."""

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

# Beside what is installed, not beside the sources.
set_hypothesis_home_dir(Path(sys.prefix, "hypothesis"))

# Schemathesis ends by itself after `max-time`; where it hangs, it says so and is gone.
faulthandler.dump_traceback_later(90, exit=True)

# The share of the valid calls to an operation that must succeed, but for those that are told to wait.
LEAST_SUCCESSES = 0.25
KEY = "Idempotency-Key"

addresses = (f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}" for n in itertools.count(1))
turns = defaultdict(itertools.count)
answers = defaultdict(Counter)
valid_answers = defaultdict(Counter)


@schemathesis.hook
def after_load_schema(context, schema):
    """Lists every operation, so that one that is never called is missed."""
    for path, operations in schema.raw_schema["paths"].items():
        for method in operations:
            answers[f"{method.upper()} {path}"]


@schemathesis.hook
def before_call(context, case, kwargs):
    operation = case.operation.definition.raw
    base = case.operation.schema.get_base_url().rstrip("/") + "/api/v1"
    # Not the headers of the case: it would be judged anew, a wrong token in it forgotten.
    kwargs["auth"] = functools.partial(change_headers, operation, base, bool(case.auth_identity))
    make_real = REAL.get(operation["operationId"])
    if make_real and is_valid(case) and next(turns[make_real]) % 2 == 0:
        make_real(case, base)


def change_headers(operation, base, signed_in, request):
    from_a_new_address(request)
    headers = request.headers
    if not operation.get("security"):
        headers.pop("Authorization", None)
    if operation["operationId"] == "logout" and signed_in:
        # Somebody else signs out, or nobody would be signed in for the rest of the run.
        headers["Authorization"] = f"Bearer {register(base, newcomer())['token']}"
    if request.body and is_key(headers.get(KEY)) and next(turns[KEY]) % 3:
        # The third repeats a key, which hides what is wrong with another body.
        headers[KEY] = str(uuid.uuid4())
    return request


def from_a_new_address(request):
    """The limits are for each address: one that sends everything would soon be told to wait."""
    request.headers["X-Forwarded-For"] = next(addresses)
    return request


def is_key(header):
    return header is not None and re.fullmatch("[!-~]{1,255}", header)


def is_valid(case):
    return case.meta.generation.mode.is_positive


@schemathesis.check
class every_operation_succeeds:
    """A run that is refused everywhere proves nothing."""

    def after_response(self, ctx, response, case):
        label = case.operation.label
        answers[label][response.status_code] += 1
        if is_valid(case):
            valid_answers[label][response.status_code] += 1

    def after_run(self, ctx):
        checks = [name for name in CHECKS.get_all_names() if ctx.config.get_by_name(name=name).enabled]
        print(f" {len(checks)} checks on each answer")
        refused = []
        for label, statuses in sorted(answers.items()):
            valid = valid_answers[label]
            by_status = ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items()))
            print(f" {label}: {by_status}; {successes(valid)} of {valid.total()} valid calls succeeded")
            if successes(valid) <= LEAST_SUCCESSES * (valid.total() - valid[429]):
                refused.append(label)
        assert not refused, f"too few valid calls succeeded: {', '.join(refused)}"


def successes(statuses):
    return sum(count for status, count in statuses.items() if 200 <= status < 300)


def newcomer(**more):
    """Somebody whom the site does not know yet."""
    return more | {
        "email": f"{uuid.uuid4()}@example.com",
        "password": "a long way from Wayne County",
        "first_name": "Jane",
        "last_name": "Doe",
        "date_of_birth": "1990-01-15",
    }


def register(base, who):
    return call(f"{base}/auth/register", json=who)


@functools.cache
def code(base):
    """Of somebody who shares the site."""
    token = register(base, newcomer())["token"]
    return call(f"{base}/me/referral-link", headers={"Authorization": f"Bearer {token}"})["code"]


def call(url, **content):
    answer = requests.post(url, auth=from_a_new_address, timeout=10, **content)
    answer.raise_for_status()
    return answer.json()


def registers(case, base):
    case.body |= newcomer(referral_code=code(base))


def signs_in(case, base):
    who = newcomer()
    register(base, who)
    case.body |= {name: who[name] for name in ("email", "password")}


def looks_up(case, base):
    case.path_parameters["code"] = code(base)


# Whatever Schemathesis learns from answers, such as the ids of products and purchases, needs no help.
REAL = {"register": registers, "login": signs_in, "look_up_referral_code": looks_up}
