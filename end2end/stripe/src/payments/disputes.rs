//! Disputes and inquiries: how they begin and end (Stripe, "How disputes work").

use serde_json::{Value, json};

use super::{CHARGES, charge};
use crate::{
    api::events::{emit, previous_attributes},
    call::Call,
    id,
    types::{ControlError, DisputeKind, DisputeStatus},
};

pub const TABLE: &str = "disputes";

/// How long one may answer, in seconds.
const ANSWER_WITHIN: i64 = 14 * 24 * 60 * 60;

const EVIDENCE: [&str; 27] = [
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
];

/// Whether the charge is disputed so that it cannot be refunded any more.
pub fn blocks_refunds(call: &mut Call, charge: &Value) -> bool {
    call.store().all(TABLE).iter().any(|dispute| {
        dispute["charge"] == charge["id"]
            && matches!(
                dispute["status"].as_str(),
                Some("needs_response" | "under_review" | "lost")
            )
    })
}

/// Disputes what is left of a payment.
pub fn open(call: &mut Call, intent: &Value, kind: DisputeKind) -> Result<Value, ControlError> {
    if intent["status"] != "succeeded" {
        return Err(ControlError("that payment did not succeed".into()));
    }
    let charge = charge::of_intent(call, intent);
    let number = |field: &str| charge[field].as_i64().unwrap_or_default();
    let amount = number("amount") - number("amount_refunded");
    if amount <= 0 || blocks_refunds(call, &charge) {
        return Err(ControlError("nothing is left to dispute".into()));
    }
    let dispute = new_dispute(call, &charge, amount, kind);
    let dispute = call.insert(TABLE, dispute);
    mark(call, &charge);
    emit(call, "charge.dispute.created", &dispute, None);
    if kind == DisputeKind::Dispute {
        emit(call, "charge.dispute.funds_withdrawn", &dispute, None);
    }
    Ok(dispute)
}

fn new_dispute(call: &Call, charge: &Value, amount: i64, kind: DisputeKind) -> Value {
    let (status, case) = match kind {
        DisputeKind::Dispute => ("needs_response", "chargeback"),
        DisputeKind::Inquiry => ("warning_needs_response", "inquiry"),
    };
    let evidence = EVIDENCE.map(|name| (name.to_owned(), Value::Null));
    let mut evidence: serde_json::Map<_, _> = evidence.into_iter().collect();
    evidence.insert("enhanced_evidence".into(), json!({}));
    json!({
        "id": id::new("du"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": call.now(),
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": evidence,
        "evidence_details": {
            "due_by": call.now() + ANSWER_WITHIN,
            "enhanced_eligibility": {},
            "has_evidence": false,
            "past_due": false,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": kind == DisputeKind::Inquiry,
        "livemode": false,
        "metadata": {},
        "network_reason_code": null,
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": {
                "brand": "visa",
                "case_type": case,
                "network": "visa",
                "network_reason_code": "10.4",
            },
            "type": "card",
        },
        "reason": "fraudulent",
        "status": status,
    })
}

fn mark(call: &mut Call, charge: &Value) {
    let mut charge = charge.clone();
    charge["disputed"] = json!(true);
    call.replace(CHARGES, &charge);
}

/// Gives a dispute another status, as the bank does later.
pub fn settle(
    call: &mut Call,
    before: Value,
    status: DisputeStatus,
) -> Result<Value, ControlError> {
    use DisputeStatus::{Lost, NeedsResponse, UnderReview, WarningClosed, WarningUnderReview, Won};
    let now = before["status"].as_str().unwrap_or_default();
    let allowed: &[DisputeStatus] = match now {
        "needs_response" => &[UnderReview, Won, Lost],
        "under_review" => &[NeedsResponse, Won, Lost],
        "warning_needs_response" | "warning_under_review" => {
            &[WarningUnderReview, WarningClosed, NeedsResponse]
        }
        // An appeal.
        "lost" => &[Won],
        _ => &[],
    };
    if !allowed.contains(&status) {
        return Err(ControlError(format!(
            "a dispute that is {now} does not become {}",
            status.as_str()
        )));
    }
    let escalated = status == NeedsResponse && now.starts_with("warning_");
    let mut dispute = before.clone();
    dispute["status"] = json!(status.as_str());
    dispute["is_charge_refundable"] =
        json!(matches!(status, Won | WarningClosed | WarningUnderReview));
    if escalated {
        dispute["payment_method_details"]["card"]["case_type"] = json!("chargeback");
    }
    call.replace(TABLE, &dispute);
    let previous = Some(previous_attributes(&before, &dispute));
    let kind = match status {
        Won | Lost | WarningClosed => "charge.dispute.closed",
        _ => "charge.dispute.updated",
    };
    emit(call, kind, &dispute, previous.clone());
    if status == Won {
        emit(call, "charge.dispute.funds_reinstated", &dispute, previous);
    } else if escalated {
        emit(call, "charge.dispute.funds_withdrawn", &dispute, previous);
    }
    Ok(dispute)
}
