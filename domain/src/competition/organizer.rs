//! Users as others see them.

use serde::{Deserialize, Serialize};

use crate::UserId;

/// Who runs a competition, or who is registered for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Organizer {
    /// Who.
    pub id: UserId,
    /// Their name.
    #[cfg_attr(feature = "openapi", schema(example = "Ada Lovelace"))]
    pub name: String,
    /// Their address; empty once the account is deleted. Where addresses of organizers are not
    /// public, others see the contact address of the competition, or an empty text.
    #[cfg_attr(feature = "openapi", schema(example = "ada@example.com"))]
    pub email: String,
    /// Whether the account is deleted. Not part of the API.
    #[serde(skip)]
    pub is_deleted: bool,
}

/// A name and an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Contact {
    /// The name.
    #[cfg_attr(feature = "openapi", schema(example = "Ada Lovelace"))]
    pub name: String,
    /// The address; as for an [`Organizer`].
    #[cfg_attr(feature = "openapi", schema(example = "ada@example.com"))]
    pub email: String,
    /// Whether the account is deleted. Not part of the API.
    #[serde(skip)]
    pub is_deleted: bool,
}
