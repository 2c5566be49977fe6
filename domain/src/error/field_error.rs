//! One fault of one field of an input.

use serde::{Deserialize, Serialize};

/// One fault of one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// The field's name on the wire, e.g. `regDeadline`.
    #[cfg_attr(feature = "openapi", schema(example = "title"))]
    pub field: String,
    /// A sentence for people, e.g. `Title must not be blank`.
    #[cfg_attr(feature = "openapi", schema(example = "Title must not be blank"))]
    pub message: String,
}
