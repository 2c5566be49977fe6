//! The parameters of operations, each declared once. A handler names its sets in the `params` of
//! its `#[utoipa::path]`.

use domain::{
    AnswerFilter, Attendance, CompetitionId, CompetitionSort, CompetitionStatus, Day, DeliveryId,
    IdempotencyKey, IfMatch, InvitationId, JobId, MAX_PAGE_NUMBER, MAX_PAGE_SIZE, MailId,
    OrganizerMessageId, PersonalTokenId, RegistrationId, RegistrationStatus, RosterSort,
    SearchText, TagList, UserId, WebhookId,
};
use serde_json::Value;
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{
        KnownFormat, ObjectBuilder, Ref, RefOr, Required, Schema, SchemaFormat,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::Type,
    },
};

/// Longer than any cursor, in characters.
const MAX_CURSOR: usize = 4_096;

macro_rules! parameters {
    ($($name:ident: $($parameter:expr),+;)*) => {$(
        pub(super) enum $name {}

        impl IntoParams for $name {
            fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
                vec![$($parameter),+]
            }
        }
    )*};
}

parameters! {
    CompetitionPath: id::<CompetitionId>("The id of the competition");
    RegistrationPath: id::<RegistrationId>("The id of the registration");
    RecordPath:
        id::<CompetitionId>("The id of the competition"),
        named_id::<RegistrationId>("registrationId", "The id of the registration");
    InvitationPath:
        id::<CompetitionId>("The id of the competition"),
        named_id::<InvitationId>("invitationId", "The id of the invitation");
    OrganizerMessagePath:
        id::<CompetitionId>("The id of the competition"),
        named_id::<OrganizerMessageId>("messageId", "The id of the message");
    MessagePath: id::<MailId>("The id of the message");
    JobPath: id::<JobId>("The id of the job");
    WebhookPath: id::<WebhookId>("The id of the webhook");
    DeliveryPath: id::<DeliveryId>("The id of the delivery");
    PersonalTokenPath: id::<PersonalTokenId>("The id of the token");
    Keyed: idempotency_key();
    Conditional: if_match();
    Revalidating: if_none_match();
    Pages: page(), limit();
    Parts: page(), cursor(), limit();
    Cursors: cursor(), limit();
    CompetitionFilters:
        query(
            "search",
            "Words of the title, tags, organizer's name or description, in any order and case; \
             a total of 1001 means that there are more",
            SearchText::schema(),
        ),
        query("tags", "`a,b`: competitions with any of these tags", TagList::schema()),
        query("organizerId", "Competitions of this organizer", reference::<UserId>(None)),
        query(
            "status",
            "Competitions that are open for registration or open later, those whose registration \
             has closed, or those that are over",
            reference::<CompetitionStatus>(Some("open")),
        ),
        query(
            "attendance",
            "Competitions with a venue, or with an online link",
            reference::<Attendance>(None),
        ),
        query("startsFrom", "Competitions that start on this day or later", Day::schema()),
        query("startsUntil", "Competitions that start on this day or earlier", Day::schema()),
        query(
            "sort",
            "The order; `deadline` and `start` begin with the last one that is past",
            reference::<CompetitionSort>(Some("newest")),
        );
    RosterFilters:
        query("status", "Registrations with this status", reference::<RegistrationStatus>(None)),
        query(
            "search",
            "Words of the name or email, in any order and case, with or without accents",
            SearchText::schema(),
        ),
        query(
            "answer",
            "The id of a question, a colon and an answer: registrations with this answer",
            AnswerFilter::schema(),
        ),
        query(
            "sort",
            "The order; a `-` before it reverses",
            reference::<RosterSort>(Some("registered")),
        );
    MessageFilters:
        query(
            "search",
            "Words of the subject or text, in any order and case, with or without accents",
            SearchText::schema(),
        );
}

fn id<T: ToSchema>(description: &str) -> Parameter {
    named_id::<T>("id", description)
}

fn named_id<T: ToSchema>(name: &str, description: &str) -> Parameter {
    let id = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path);
    let id = id.required(Required::True).description(Some(description));
    id.schema(Some(reference::<T>(None))).build()
}

fn page() -> Parameter {
    query("page", "Counted from 1", number(1, MAX_PAGE_NUMBER))
}

fn cursor() -> Parameter {
    let description = "Reads the list in parts that neither repeat nor miss an item when others \
        are added or deleted in the meantime. Empty for the first part; then the cursor of the \
        next part, from the link `next`. It is valid for this list with the same parameters, and \
        not together with `page`";
    let cursor = ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(MAX_CURSOR))
        .pattern(Some("^[A-Za-z0-9_-]*$"));
    query("cursor", description, RefOr::T(cursor.into()))
}

fn limit() -> Parameter {
    query("limit", "Items on a page, or in a part", number(MAX_PAGE_SIZE, MAX_PAGE_SIZE))
}

fn idempotency_key() -> Parameter {
    let description = "Names the request and its retries, for 24 hours: a retry with the same key \
        has the same response, and changes nothing";
    header("Idempotency-Key", description, IdempotencyKey::schema())
}

fn if_match() -> Parameter {
    let description = "`*`, or entity tags, one of whose versions the competition must still have";
    header("If-Match", description, IfMatch::schema())
}

fn if_none_match() -> Parameter {
    let description = "`*`, or entity tags of stored responses: 304 if one of them is current";
    let tags = ObjectBuilder::new().schema_type(Type::String);
    header("If-None-Match", description, RefOr::T(tags.into()))
}

fn query(name: &str, description: &str, schema: RefOr<Schema>) -> Parameter {
    optional(ParameterIn::Query, name, description, schema)
}

fn header(name: &str, description: &str, schema: RefOr<Schema>) -> Parameter {
    optional(ParameterIn::Header, name, description, schema)
}

fn optional(place: ParameterIn, name: &str, description: &str, schema: RefOr<Schema>) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(schema))
        .build()
}

/// A declared schema, and the value that an absent parameter has.
fn reference<T: ToSchema>(default: Option<&str>) -> RefOr<Schema> {
    let mut reference = Ref::from_schema_name(T::name());
    reference.default = default.map(Value::from);
    reference.into()
}

/// A whole number from 1 to `max`.
fn number(default: u64, max: u64) -> RefOr<Schema> {
    let number = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(1_usize))
        .maximum(usize::try_from(max).ok())
        .default(Some(default.into()));
    RefOr::T(number.into())
}
