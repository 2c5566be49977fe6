//! The words of the pages for the errors of the API.
//!
//! The messages of the API are fixed: clients may show them. Pages say what to do instead. The
//! replacement happens on the server, so that browsers do not load these texts.

use domain::{DateFault, ErrorCode, PublicError};

/// The error with the messages that pages show. An error without words of its own keeps its
/// message; replacing twice changes nothing.
pub(crate) fn for_pages(mut error: PublicError) -> PublicError {
    let code = error.code;
    for fault in &mut error.fields {
        let words = field_words(code, &fault.field, &fault.message);
        fault.message = words.unwrap_or_else(|| std::mem::take(&mut fault.message));
    }
    if !error.fields.is_empty() {
        let messages: Vec<_> = error.fields.iter().map(|fault| &*fault.message).collect();
        error.message = messages.join("; ");
    } else if let Some(words) = words(code, &error.message) {
        error.message = words.to_owned();
    }
    error
}

/// The message of an error that is about no field.
fn words(code: ErrorCode, message: &str) -> Option<&'static str> {
    Some(match code {
        ErrorCode::InvalidCredentials => "Wrong email or password",
        ErrorCode::CompetitionFull => "The last seat has just been taken",
        ErrorCode::RegistrationClosed => "Registration has closed",
        ErrorCode::CompetitionCancelled => "This competition was cancelled",
        ErrorCode::CompetitionOver => "This competition has started or is over",
        ErrorCode::ResetLinkInvalid => "This link has expired. Request a new one.",
        ErrorCode::IdempotencyInFlight => {
            "Your last click is still being processed. Try again in a moment."
        }
        ErrorCode::InvalidIdempotencyKey => {
            "This form is incomplete. Reload the page and try again."
        }
        ErrorCode::IdempotencyKeyReused if message.contains("Idempotency-Key") => {
            "This form was sent before with different text. Reload the page and try again."
        }
        ErrorCode::Overloaded => "The site is busy. Nothing was changed. Try again in a moment.",
        ErrorCode::Internal => "Something went wrong. Try again.",
        _ => return None,
    })
}

/// The message about one field of a form.
fn field_words(code: ErrorCode, field: &str, message: &str) -> Option<String> {
    let is_it = |fault: &DateFault| fault.field() == field && fault.message() == message;
    if let Some(fault) = DateFault::ALL.into_iter().find(is_it) {
        return Some(date_words(fault).to_owned());
    }
    let words = match code {
        ErrorCode::EmailTaken => "An account with this email exists. Log in?",
        ErrorCode::WrongPassword => "Wrong password",
        ErrorCode::StaleVersion => {
            "This competition was changed since you opened it. Check the changes, then save again."
        }
        ErrorCode::HasRegistrations => {
            "People are registered, so this competition cannot become a draft. Cancel it instead."
        }
        // Of a review.
        ErrorCode::CompetitionFull
        | ErrorCode::NotRegistered
        | ErrorCode::RegistrationCancelled => message,
        _ => return rule_words(field, message),
    };
    Some(words.to_owned())
}

/// The message about a date that is wrong beside another. An error may have several.
fn date_words(fault: DateFault) -> &'static str {
    match fault {
        DateFault::DeadlineNotInFuture => "Choose a closing time in the future",
        DateFault::OpeningNotBeforeDeadline => "Choose an opening time before registration closes",
        DateFault::StartNotAfterDeadline => "Choose a start that is not before registration closes",
        DateFault::PromoteUntilBeforeDeadline => {
            "Choose an end of the waiting list that is not before registration closes"
        }
        DateFault::PromoteUntilAfterStart => {
            "Choose an end of the waiting list that is not after the start, or without a start at \
             most 90 days after registration closes"
        }
        DateFault::EndNotAfterStart => "Choose an end after the start",
    }
}

/// The message about a field that breaks a rule: `Title must not be blank`.
fn rule_words(field: &str, message: &str) -> Option<String> {
    let name = match field {
        "title" => "a title",
        "description" => "a description",
        "tags" => "tags",
        "capacity" => "a capacity",
        "waitlistCapacity" => "a number of people",
        "reason" => "a reason",
        "name" => "a name",
        "email" => "an email",
        "password" => "a password",
        "currentPassword" => "your current password",
        "newPassword" => "a new password",
        "regOpensAt" => "an opening time",
        "regDeadline" => "a closing time",
        "promoteUntil" => "an end of the waiting list",
        "startDate" => "a start",
        "endsAt" => "an end",
        "summary" => "a summary",
        "venueName" => "a venue",
        "venueAddress" => "an address",
        "onlineUrl" => "an online link",
        "website" => "a website",
        "contactEmail" => "a contact address",
        "rules" | "prizes" => "text",
        "schedule" => "a schedule",
        "url" => "a URL",
        "code" => "the code",
        "emails" => "email addresses",
        "accessCode" => "an access code",
        "alt" => "a description of the picture",
        "competitionId" => return Some("Choose one of your competitions".to_owned()),
        "eventTypes" => return Some("Choose events from the list".to_owned()),
        "registrationIds" if message.starts_with("Choose 1 to ") => {
            return Some("Choose registrations from the list".to_owned());
        }
        "reminderOffsets" => {
            let words = "Enter at most three reminders, from 1 hour to 30 days, like 1 week, 1 day";
            return Some(words.to_owned());
        }
        "timeZone" => return Some("Choose a time zone from the list".to_owned()),
        "role" => return Some("Choose whether you want to compete or to organize".to_owned()),
        _ => return None,
    };
    for clock in [" does not exist in ", " comes twice in "] {
        if let Some(start) = message.find(clock) {
            return Some(format!("This time{}", &message[start..]));
        }
    }
    let (_, rule) = message.split_once(" must ")?;
    if rule == "not be blank" {
        return Some(format!("Enter {name}"));
    }
    if rule.starts_with("be a date and time") {
        return Some("Enter a date and time that exists".to_owned());
    }
    if let Some(most) = rule.strip_prefix("be at most ") {
        return Some(format!("Enter at most {most} {name}"));
    }
    let words = [
        ("not contain ", "without "),
        ("have ", "with "),
        ("be a valid email address, like ", "like "),
        ("be an address like ", "like "),
        ("be a link like ", "like "),
        ("begin with ", "that begins with "),
        ("be a whole number from ", "from "),
        ("be at least ", "of at least "),
    ];
    words.into_iter().find_map(|(rule_start, words)| {
        Some(format!("Enter {name} {words}{}", rule.strip_prefix(rule_start)?))
    })
}

#[cfg(test)]
mod tests {
    use domain::{CompetitionInput, FieldError, LoginInput, SignupInput, WebhookInput};

    use super::*;

    fn messages(error: PublicError) -> Vec<String> {
        for_pages(error).fields.into_iter().map(|fault| fault.message).collect()
    }

    #[test]
    fn a_fault_of_a_field_says_what_to_enter() {
        let blank = CompetitionInput::default()
            .check("2026-11-23T12:00:00Z".parse().unwrap(), |zone| Some(zone.clone()));
        assert_eq!(
            messages(blank.unwrap_err()),
            [
                "Enter a title",
                "Enter a description",
                "Enter a capacity from 1 to 1000000",
                "Enter a closing time",
            ]
        );
        let signup = SignupInput {
            name: "https://a.example".to_owned().into(),
            email: "a".to_owned().into(),
            password: "short".to_owned().into(),
            ..Default::default()
        };
        assert_eq!(
            messages(signup.check().err().unwrap()),
            [
                "Enter a name without a web address",
                "Enter an email like name@example.com",
                "Enter a password with at least 8 characters",
                "Choose whether you want to compete or to organize",
            ]
        );
        let login = LoginInput::default().check().err().unwrap();
        assert_eq!(messages(login), ["Enter an email", "Enter a password"]);
    }

    #[test]
    fn a_fault_of_a_webhook_says_what_to_enter() {
        let fault = |url: &str, fault: &'static str| {
            let input = WebhookInput {
                url: url.to_owned().into(),
                event_types: vec!["all".to_owned()].into(),
                competition_id: "7".to_owned().into(),
                ..Default::default()
            };
            messages(input.check(|_| Err(fault.to_owned())).unwrap_err())
        };
        let others = ["Choose events from the list", "Choose one of your competitions"];
        for (url, rule, words) in [
            ("", "", "Enter a URL"),
            (
                "a",
                "URL must be an address like https://a.example",
                "Enter a URL like https://a.example",
            ),
            ("a", "URL must begin with https://", "Enter a URL that begins with https://"),
            ("a", "URL must have a public address", "Enter a URL with a public address"),
        ] {
            assert_eq!(fault(url, rule), [words, others[0], others[1]]);
        }
    }

    #[test]
    fn wrong_dates_are_named_together_and_beside_other_faults() {
        let input = |title: &str| CompetitionInput {
            title: title.to_owned().into(),
            description: "Seven rounds".to_owned().into(),
            reg_deadline: "2026-11-24T12:00:00Z".to_owned().into(),
            start_date: "2026-11-24T11:00:00Z".to_owned().into(),
            ends_at: "2026-11-24T10:00:00Z".to_owned().into(),
            ..CompetitionInput::default()
        };
        let faults = |title: &str| {
            let checked = input(title)
                .check("2026-11-25T12:00:00Z".parse().unwrap(), |zone| Some(zone.clone()));
            messages(checked.unwrap_err())
        };
        let dates = [
            "Choose a closing time in the future",
            "Choose a start that is not before registration closes",
            "Choose an end after the start",
        ];
        // The capacity is missing.
        assert_eq!(faults("Chess")[1..], dates);
        assert_eq!(faults("")[2..], dates);
    }

    #[test]
    fn the_message_of_the_whole_form_repeats_the_words_of_its_fields() {
        let error =
            PublicError::on_field(ErrorCode::EmailTaken, "email", "Email already registered");
        let error = for_pages(error);
        assert_eq!(error.message, "An account with this email exists. Log in?");
        assert_eq!(error.about("email"), Some(&*error.message));
    }

    #[test]
    fn a_time_that_clocks_skip_keeps_its_explanation() {
        let message = "Start date comes twice in Europe/Berlin, for clocks are put back then.";
        let fault = FieldError { field: "startDate".into(), message: message.into() };
        let error = PublicError::new(ErrorCode::ValidationFailed, message);
        assert_eq!(
            messages(PublicError { fields: vec![fault], ..error }),
            ["This time comes twice in Europe/Berlin, for clocks are put back then."]
        );
    }

    #[test]
    fn replacing_twice_changes_nothing() {
        for error in [
            PublicError::new(ErrorCode::InvalidCredentials, "Invalid credentials"),
            PublicError::new(ErrorCode::IdempotencyKeyReused, "Words of a page"),
            PublicError::on_field(ErrorCode::ValidationFailed, "title", "Title must not be blank"),
        ] {
            let once = for_pages(error);
            assert_eq!(for_pages(once.clone()), once);
        }
        let kept = PublicError::new(ErrorCode::IdempotencyKeyReused, "Words of a page");
        assert_eq!(for_pages(kept.clone()), kept);
    }
}
