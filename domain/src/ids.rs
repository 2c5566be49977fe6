//! One type for each kind of id, so that a user's id can never be passed for a competition's.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The length of `01939c2e-7b5a-7000-8000-000000000001`.
const HYPHENATED: usize = 36;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[cfg_attr(
            feature = "openapi",
            schema(example = "01939c2e-7b5a-7000-8000-000000000001")
        )]
        #[cfg_attr(feature = "sea-orm", derive(sea_orm::DeriveValueType))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        #[cfg(feature = "sea-orm")]
        impl sea_orm::TryFromU64 for $name {
            /// Primary keys need it; a UUID is never a number that a database has counted.
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            /// Reads the hyphenated form, in any case. Braces, `urn:uuid:` and a row of 32 digits
            /// would be other names for the same thing.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let hyphenated = if text.len() == HYPHENATED { text } else { "" };
                hyphenated.parse().map(Self)
            }
        }
    };
}

id!(
    /// Names a user.
    UserId
);
id!(
    /// Names a competition.
    CompetitionId
);
id!(
    /// Names an uploaded picture.
    AssetId
);
id!(
    /// Names an invitation to a competition.
    InvitationId
);
id!(
    /// Names a question of a competition.
    QuestionId
);
id!(
    /// Names a registration.
    RegistrationId
);
id!(
    /// Names a message in a mailbox.
    MailId
);
id!(
    /// Names a message of an organizer to participants.
    OrganizerMessageId
);
id!(
    /// Names a background job.
    JobId
);
id!(
    /// Names a webhook: an endpoint of an organizer.
    WebhookId
);
id!(
    /// Names the delivery of an event to a webhook.
    DeliveryId
);
id!(
    /// Names a personal access token.
    PersonalTokenId
);
id!(
    /// Names the session of a browser, to its user. It opens nothing.
    BrowserSessionId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_form() {
        let id = "01939c2e-7b5a-7000-8000-000000000001";
        let parsed: UserId = id.parse().unwrap();
        assert_eq!(parsed.to_string(), id);
        assert_eq!(id.to_uppercase().parse::<UserId>().unwrap(), parsed);
        for bad in [
            "",
            "01939c2e7b5a70008000000000000001",
            "{01939c2e-7b5a-7000-8000-000000000001}",
            "urn:uuid:01939c2e-7b5a-7000-8000-000000000001",
            "01939c2e-7b5a-7000-8000-00000000000g",
            "01939c2e-7b5a-7000-8000-0000000000\u{661}",
        ] {
            assert!(bad.parse::<UserId>().is_err(), "{bad}");
        }
    }
}
