//! One result of a check.

use serde::Serialize;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// As it should be.
    Ok,
    /// The program works, and could work better or more safely.
    Warning,
    /// The program does not work, or may lose data.
    Error,
}

/// One result of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Names the check; stable.
    pub check: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What was found, without secrets.
    pub found: String,
    /// What to do; `null` where nothing is to be done.
    pub advice: Option<String>,
}

impl Finding {
    /// As it should be.
    pub fn ok(check: &'static str, found: impl Into<String>) -> Self {
        Self { check, severity: Severity::Ok, found: found.into(), advice: None }
    }

    /// Something to improve.
    pub fn warning(
        check: &'static str,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        let advice = Some(advice.into());
        Self { check, severity: Severity::Warning, found: found.into(), advice }
    }

    /// Something to mend.
    pub fn error(check: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        let advice = Some(advice.into());
        Self { check, severity: Severity::Error, found: found.into(), advice }
    }
}
