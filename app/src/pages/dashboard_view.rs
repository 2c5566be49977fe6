//! The views of the dashboard.

#[cfg(feature = "ssr")]
use domain::Role;

/// A view of the dashboard, for one role. A user with both roles has both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DashboardView {
    /// The registrations of a participant.
    Registrations,
    /// The competitions of an organizer.
    Competitions,
}

impl DashboardView {
    pub(crate) const ALL: [Self; 2] = [Self::Registrations, Self::Competitions];

    /// Its name in addresses.
    fn name(self) -> &'static str {
        match self {
            Self::Registrations => "registrations",
            Self::Competitions => "competitions",
        }
    }

    /// Whether `name` is its name.
    pub(crate) fn is_named(self, name: &str) -> bool {
        self.name() == name
    }

    /// Its address.
    pub(crate) fn address(self) -> String {
        format!("/dashboard?view={}", self.name())
    }

    /// The text of a link to it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Registrations => "Your registrations",
            Self::Competitions => "Your competitions",
        }
    }

    /// The title of the page for a user with both.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Registrations => "Dashboard: your registrations",
            Self::Competitions => "Dashboard: your competitions",
        }
    }
}

#[cfg(feature = "ssr")]
impl DashboardView {
    /// The view with this name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.is_named(name))
    }

    /// The role that it is for.
    pub(crate) fn role(self) -> Role {
        match self {
            Self::Registrations => Role::Participant,
            Self::Competitions => Role::Organizer,
        }
    }
}
