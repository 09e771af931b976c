//! The labels of all form fields.

/// The label of the field `name`, used beside the field and in the list of errors.
pub fn label(name: &str) -> &str {
    match name {
        "first_name" => "First name",
        "last_name" => "Last name",
        "name" => "Name",
        "email" => "Email",
        "date_of_birth" => "Date of birth",
        "password" => "Password",
        "tenant_credit" => "Tenant Referral Credit Amount",
        "platform_credit" => "Platform Referral Credit Amount",
        "currency" => "Currency",
        "memory_days" | "platform_memory_days" => "Referral memory (days)",
        "secret_key" => "Secret key",
        "webhook_secrets" => "Webhook signing secrets",
        "kind" => "Kind",
        "summary" => "Summary",
        "description" => "Description",
        "detail" => "Detail",
        "starts_on" => "Date",
        "starts_time" => "Time",
        "ships" => "Ships to the buyer",
        "same_account" => "This is a new key of the same account",
        "price" => "Price in cents",
        other => other,
    }
}
