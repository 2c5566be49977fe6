//! How PostgreSQL plans the statements of a session.

/// How PostgreSQL plans the prepared statements of a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Plans {
    /// Once for all parameters. Look-ups by key and writes have the same plan for each value, and
    /// planning them again would take longer than their execution.
    #[default]
    Generic,
    /// For each execution, with the values of its parameters. The best plan of a list depends on
    /// them: how many items have a tag, how many items a page has.
    Custom,
}

impl Plans {
    /// The setting of PostgreSQL that decides it.
    pub(super) const SETTING: &str = "plan_cache_mode";

    /// The value of the setting.
    pub(super) fn value(self) -> &'static str {
        match self {
            Self::Generic => "force_generic_plan",
            Self::Custom => "force_custom_plan",
        }
    }
}
