//! Schemas of the OpenAPI description that are built from the constants of the checks, so that the
//! two cannot differ.

/// Implements `ToSchema` for a type, where the description is built.
macro_rules! schema {
    ($name:ident, $schema:expr) => {
        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::RefOr::T($schema.into())
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}
    };
}

#[cfg(feature = "openapi")]
pub(crate) use builders::*;

#[cfg(feature = "openapi")]
mod builders {
    use utoipa::openapi::{KnownFormat, ObjectBuilder, SchemaFormat, schema::Type};

    /// Characters that no text on one line holds: control characters, separators of lines,
    /// directional formatting and code points that are no characters.
    const NOT_ON_A_LINE: &str = concat!(
        r"\u0000-\u001F\u007F-\u009F\u2028-\u202E\u2066-\u2069",
        r"\uFDD0-\uFDEF\uFFFE\uFFFF",
    );
    /// The same for a text of several lines.
    const NOT_IN_PARAGRAPHS: &str =
        r"\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\uFDD0-\uFDEF\uFFFE\uFFFF";

    /// A text with an example.
    pub(crate) fn text(description: &str, example: &str) -> ObjectBuilder {
        let text = ObjectBuilder::new().schema_type(Type::String);
        text.description(Some(description)).examples([example])
    }

    /// A text of 1 to `max` characters on one line, of which something can be seen.
    pub(crate) fn line(description: &str, example: &str, max: usize) -> ObjectBuilder {
        visible(text(description, example), max, NOT_ON_A_LINE)
    }

    /// The same without a comma.
    pub(crate) fn item(description: &str, example: &str, max: usize) -> ObjectBuilder {
        visible(text(description, example), max, &format!(",{NOT_ON_A_LINE}"))
    }

    /// The same as [`line`] for a text of several lines.
    pub(crate) fn paragraphs(description: &str, example: &str, max: usize) -> ObjectBuilder {
        visible(text(description, example), max, NOT_IN_PARAGRAPHS)
    }

    fn visible(text: ObjectBuilder, max: usize, refused: &str) -> ObjectBuilder {
        let pattern = format!(r"^[^{refused}]*[^\s{refused}][^{refused}]*$");
        text.min_length(Some(1)).max_length(Some(max)).pattern(Some(pattern))
    }

    /// Up to `max` items between commas, each of at most `length` characters on one line.
    pub(crate) fn list(
        description: &str,
        example: &str,
        max: usize,
        length: usize,
    ) -> ObjectBuilder {
        let item = format!("[^,{NOT_ON_A_LINE}]{{0,{length}}}");
        let more = max - 1;
        text(description, example).pattern(Some(format!("^{item}(,{item}){{0,{more}}}$")))
    }

    /// A whole number from `min` to `max`.
    pub(crate) fn whole(description: &str, min: u32, max: u32) -> ObjectBuilder {
        let number = ObjectBuilder::new().schema_type(Type::Integer);
        number.description(Some(description)).minimum(Some(min)).maximum(Some(max))
    }

    /// One of some names.
    pub(crate) fn one_of(
        description: &str,
        names: impl IntoIterator<Item = impl Into<String>>,
    ) -> ObjectBuilder {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        let text = ObjectBuilder::new().schema_type(Type::String);
        text.description(Some(description)).enum_values(Some(names))
    }

    pub(crate) fn email() -> Option<SchemaFormat> {
        Some(SchemaFormat::KnownFormat(KnownFormat::Email))
    }

    pub(crate) fn uri() -> Option<SchemaFormat> {
        Some(SchemaFormat::Custom("uri".into()))
    }

    pub(crate) fn password() -> Option<SchemaFormat> {
        Some(SchemaFormat::KnownFormat(KnownFormat::Password))
    }
}
