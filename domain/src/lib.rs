//! The vocabulary of Mini Compete: ids, validated inputs, views, rules and error codes.
//!
//! Nothing here does I/O, so that the server, the worker and the browser share one meaning of every
//! word. An *input* (`SignupInput`) is what a client sent; checking it yields a value that cannot
//! be wrong (`Signup`); a *view* is the output for a client.

#[macro_use]
mod schema;

mod access;
mod account;
mod addition;
mod browser_session;
mod calendar_feed;
mod call_to_action;
mod competition;
mod countdown;
mod cover;
mod dashboard;
mod deletion;
mod email;
mod error;
mod idempotency;
mod ids;
mod if_match;
mod job;
mod mail_outcomes;
mod mail_preferences;
mod mailbox;
mod normal_form;
mod number;
mod organizer_message;
mod organizer_notices;
mod paging;
mod password;
mod personal_token;
mod profile;
mod question;
mod raw;
mod registration;
mod registration_event;
mod registration_input;
mod review;
mod role;
mod role_input;
mod roster;
mod text;
mod timestamp;
mod token;
mod viewer_state;
mod web_address;
mod webhook;

pub use access::{
    AccessCodeDraft, AccessCodeInput, AccessCodeUse, AccessMode, Invitation, InvitationsInput,
    Invited, MAX_ACCESS_CODES, MAX_INVITATIONS, MAX_INVITATIONS_A_DAY, MAX_INVITED_AT_ONCE,
    addresses_in,
};
pub use account::{Login, LoginInput, Signup, SignupInput, User};
pub use addition::{Addition, AdditionInput};
pub use browser_session::{BrowserSession, OpenSessions};
pub use calendar_feed::CalendarFeed;
pub use call_to_action::CallToAction;
pub use competition::{
    Attendance, Availability, Clash, Competition, CompetitionCounts, CompetitionDetail,
    CompetitionDraft, CompetitionEdit, CompetitionFilter, CompetitionInput, CompetitionPage,
    CompetitionPatch, CompetitionQuery, CompetitionSort, CompetitionStatus, CompetitionWithCount,
    CompetitionWithOrganizer, CompetitionWithSections, Contact, DateFault, Dates, EditDraft, Facts,
    FactsEdit, MAX_CAPACITY, MAX_REMINDER, MAX_REMINDERS, MAX_WAITLIST, MIN_REMINDER,
    NewCompetition, NoticeChoice, NoticeDraft, Organizer, ReminderOffsets, Room, SeatsChanged,
    Sections, SectionsEdit, StartDays, StartRule, UNDATED_FOR, Visibility, reminder_minutes,
    seats_left, seats_taken, short_place, venue_line,
};
#[cfg(feature = "openapi")]
pub use competition::{Day, ReminderMinutes, SearchText, TagList};
pub use countdown::countdown;
pub use cover::{
    Asset, Cover, CoverDraft, CoverFocus, CoverInput, MAX_ASSETS, MAX_ASSETS_A_DAY, MAX_UPLOAD,
    OwnPicture, PictureWidth,
};
pub use dashboard::{DayCount, OrganizerDashboard, ParticipantDashboard};
pub use deletion::{DeletionPreview, NamedCompetitions};
pub use email::{
    EmailChange, EmailChangeInput, EmailCode, EmailCodeInput, EmailLinkInput, EmailStatus,
    PendingEmail, suggested_email,
};
pub use error::{ErrorCode, Faults, FieldError, PublicError};
pub use idempotency::{IdempotencyKey, InvalidIdempotencyKey};
pub use ids::{
    AssetId, BrowserSessionId, CompetitionId, DeliveryId, InvitationId, JobId, MailId,
    OrganizerMessageId, PersonalTokenId, QuestionId, RegistrationId, UserId, WebhookId,
};
pub use if_match::{IfMatch, InvalidIfMatch};
pub use job::{DeadLetter, QueueStats};
pub use mail_outcomes::MailOutcomes;
pub use mail_preferences::{MailChannel, MailKind, MailPreferences, MailPreferencesPatch};
pub use mailbox::{
    KEPT_DELETED_DAYS, MAX_SELECTED, Mail, MailChange, MailChanged, MailFilter, MailPage, MailPart,
    MailQuery, MailSelection, MailThread, MailboxQuery,
};
pub use normal_form::searchable;
pub use number::grouped;
pub use organizer_message::{
    MAX_MESSAGES, MAX_MESSAGES_A_DAY, MAX_SCHEDULED_AHEAD, MessageRecipients, MessageUpdate,
    OrganizerMessage, OrganizerMessageDraft, OrganizerMessageInput, OrganizerMessageStatus,
    Recipient, RecipientPreview, SendMessage, SendMessageInput,
};
pub use organizer_notices::{
    NoticeTiming, OrganizerNotice, OrganizerNotices, OrganizerNoticesPatch,
};
pub use paging::{MAX_COUNTED, MAX_PAGE_NUMBER, MAX_PAGE_SIZE, Page, PageQuery, Paging};
pub use password::{
    AccountDeletionInput, PasswordChange, PasswordChangeInput, PasswordReset, PasswordResetInput,
    ResetRequestInput,
};
pub use personal_token::{
    MAX_TOKEN_DAYS, NewPersonalToken, PersonalToken, PersonalTokenInput, TokenScope,
};
pub use profile::{ProfileEdit, ProfilePatch};
pub use question::{
    Answer, AnswerFilter, AnswerInput, AnswerValue, GivenAnswer, MAX_OPTIONS, MAX_QUESTIONS,
    MAX_STORED_QUESTIONS, Question, QuestionDraft, QuestionInput, QuestionKind, Questions,
    RegistrationPatch, countries, given_answers,
};
pub use raw::Raw;
pub use registration::{
    MyCompetition, MyRegistration, NewRegistration, RegisteredCompetition, Registration,
    RegistrationStatus,
};
pub use registration_event::{
    MAX_REGISTRATION_EVENTS, RegistrationEvent, RegistrationEventKind, RegistrationRecord,
};
pub use registration_input::RegistrationInput;
pub use review::{
    ApprovalInput, MAX_REVIEWED, PromotionInput, RefusedReview, RejectionInput, Review,
    ReviewVerdict, ReviewedRegistrations,
};
pub use role::Role;
pub use role_input::RoleInput;
pub use roster::{
    RosterEntry, RosterFilter, RosterOrder, RosterPage, RosterQuery, RosterSort, RosterTotals,
};
pub use text::{
    AccessCode, AnswerText, ChangeNote, CoverAlt, Description, Email, MessageSubject, MessageText,
    Password, PersonName, QuestionHelp, QuestionLabel, QuestionOption, RejectionReason,
    SectionText, Summary, Tag, TimeZoneName, Title, TokenName, VenueAddress, VenueName, WebLink,
};
pub use timestamp::{InvalidTimestamp, Timestamp, local_time};
pub use token::{LogoutInput, RefreshInput};
pub use viewer_state::ViewerState;
pub use web_address::without_web_addresses;
pub use webhook::{
    Delivery, DeliveryStatus, DisabledReason, EventType, MAX_WEBHOOKS, NewWebhook, Webhook,
    WebhookEdit, WebhookInput, WebhookPatch, WebhookWithSecret,
};
