//! A form that Site Settings shows once for each program: its title, and whose a refusal is.

use domain::{credit::Program, forms::Refusal};

/// What the programs are called in Site Settings.
pub fn title(program: Program) -> &'static str {
    match program {
        Program::Tenant => "Tenant Referrals",
        Program::Platform => "Platform Referrals",
    }
}

/// The refusal if it is about this program's form. One without a program is about the tenant's.
pub fn about(refusal: &Refusal, program: Program) -> Refusal {
    let named = Program::parse(refusal.typed("program")).unwrap_or(Program::Tenant);
    match named == program {
        true => refusal.clone(),
        false => Refusal::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_shown_by_its_own_form() {
        let refusal = Refusal::message("No.").keep("program", "platform");
        assert_eq!(about(&refusal, Program::Platform), refusal);
        assert_eq!(about(&refusal, Program::Tenant), Refusal::default());
        let unnamed = Refusal::message("No.").keep("program", "nonsense");
        assert_eq!(about(&unnamed, Program::Tenant), unnamed);
    }
}
