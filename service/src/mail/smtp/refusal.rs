//! What the failure of an SMTP session means for a mail.

use super::session::{Failure, Stage};
use crate::error::{Cause, Undelivered};

/// Reply codes about our credentials or our connection (RFC 4954, RFC 3207). Every mail gets the
/// same reply until an operator or the server changes something.
const ABOUT_US: [u16; 4] = [530, 534, 535, 538];
/// Reply codes of a server that takes no mail at the moment: it shuts down, is overloaded, or has
/// had too much from us.
const NOT_NOW: [u16; 2] = [421, 454];
/// Words by which a server refuses a mail because of how much we have sent. Enhanced status codes
/// for it differ: 4.3.1, 4.4.5, 4.5.3, 4.7.0, 5.4.5.
const SENT_TOO_MUCH: [&str; 9] = [
    "sending quota",
    "sending limit",
    "sending rate",
    "rate limit",
    "rate exceeded",
    "throttl",
    "too many messages",
    "too many mails",
    "too fast",
];
/// Enhanced status codes that are transient whatever reply code precedes them, as (subject, detail)
/// of RFC 3463: mailbox or system full, system does not accept messages, no route, congestion or a
/// quota, too many recipients.
const TRANSIENT: [(u16, u16); 7] = [(2, 2), (3, 1), (3, 2), (4, 2), (4, 3), (4, 5), (5, 3)];
/// The subject of enhanced status codes about addresses, which are permanent.
const ADDRESSING: u16 = 1;
/// The subject of enhanced status codes about the mailbox of the recipient, which may get too much.
const MAILBOX: u16 = 2;
/// The details of that subject that are about the sender.
const SENDERS: [u16; 2] = [7, 8];
/// Mailbox disabled, as (subject, detail).
const DISABLED: (u16, u16) = (2, 1);
/// Reply codes about a mailbox (RFC 5321, section 4.2.3), which servers use for policies, too.
const MAILBOX_UNAVAILABLE: [u16; 3] = [550, 551, 553];
/// Words by which a reply without an enhanced status code says that there is no such mailbox.
const NO_SUCH: [&str; 6] =
    ["no such", "unknown", "not exist", "not found", "invalid recipient", "disabled"];
/// Words by which a reply with a permanent code asks for a retry.
const LATER: [&str; 8] =
    ["try again", "try later", "retry", "temporar", "quota", "rate limit", "too many", "too fast"];

/// The error of a mail to `addresses`. Servers repeat addresses in their replies; the reason, which
/// is logged, contains none.
pub(super) fn undelivered(failure: Failure, addresses: &[&str]) -> Undelivered {
    let redact =
        |reason: String| addresses.iter().fold(reason, |reason, address| without(&reason, address));
    match failure {
        Failure::Refused { stage, code, text } => {
            let cause = judge(stage, code, &text);
            let reason = redact(format!("the mail server said: {code} {text}"));
            match cause {
                Cause::Rejected if is_about_address(stage, code, &text) => {
                    Undelivered::address_refused(reason)
                }
                _ => Undelivered::new(cause, reason),
            }
        }
        Failure::Lost { stage, reason } => {
            let reason = redact(format!("the connection to the mail server failed: {reason}"));
            if stage == Stage::Content {
                Undelivered::without_reply(reason)
            } else {
                Undelivered::unreachable(reason)
            }
        }
        Failure::NoUtf8 => Undelivered::address_refused(
            "the address has letters other than ASCII before the @, which the mail server does \
             not take (it offers no SMTPUTF8)"
                .to_owned(),
        ),
    }
}

/// What a refusal means. The enhanced status code decides if the reply has one.
fn judge(stage: Stage, code: u16, text: &str) -> Cause {
    let is_permanent = code >= 500;
    let enhanced = enhanced(text);
    if ABOUT_US.contains(&code) {
        return Cause::Unreachable;
    }
    let words = text.to_lowercase();
    let is_mailbox = enhanced.is_some_and(|(_, subject, _)| subject == MAILBOX);
    if NOT_NOW.contains(&code)
        || !is_mailbox && SENT_TOO_MUCH.iter().any(|reason| words.contains(reason))
    {
        return Cause::Paused;
    }
    if !is_permanent || enhanced.is_some_and(|(class, ..)| class == 4) {
        return Cause::Deferred;
    }
    if let Some((_, subject, detail)) = enhanced
        && TRANSIENT.contains(&(subject, detail))
    {
        return Cause::Deferred;
    }
    let is_addressing = enhanced.is_some_and(|(_, subject, _)| subject == ADDRESSING);
    // 552 means a full mailbox, which its owner may empty (RFC 5321), unless an enhanced status
    // code says that the mail is too large.
    if (!is_addressing && LATER.iter().any(|later| words.contains(later)))
        || (code == 552 && enhanced.is_none())
    {
        return Cause::Deferred;
    }
    // All mail has one sender, so that its refusal is about MAIL_FROM, not about this mail.
    if stage == Stage::Sender { Cause::Unreachable } else { Cause::Rejected }
}

/// Whether a rejection is about the address of the recipient, and not about the mail, its sender or
/// a policy: a server that is set up wrongly must not mark the addresses of all users.
fn is_about_address(stage: Stage, code: u16, text: &str) -> bool {
    match enhanced(text) {
        Some((_, ADDRESSING, detail)) => !SENDERS.contains(&detail),
        Some((_, subject, detail)) => (subject, detail) == DISABLED,
        None => {
            let words = text.to_lowercase();
            stage == Stage::Recipient
                && MAILBOX_UNAVAILABLE.contains(&code)
                && NO_SUCH.iter().any(|no_such| words.contains(no_such))
        }
    }
}

/// The enhanced status code that a reply begins with (RFC 2034).
fn enhanced(text: &str) -> Option<(u16, u16, u16)> {
    let mut parts = text.split_whitespace().next()?.splitn(3, '.').map(|part| part.parse().ok());
    let (class, subject, detail) = (parts.next()??, parts.next()??, parts.next()??);
    matches!(class, 2 | 4 | 5).then_some((class, subject, detail))
}

/// The text with an address replaced, in any case of its letters.
fn without(text: &str, address: &str) -> String {
    let (mut left, mut redacted) = (text, String::new());
    let lower = address.to_ascii_lowercase();
    while let Some(at) =
        (!lower.is_empty()).then(|| left.to_ascii_lowercase().find(&lower)).flatten()
    {
        redacted += &left[..at];
        redacted += "(the address)";
        left = &left[at + address.len()..];
    }
    redacted + left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_enhanced_status_code_decides_what_a_refusal_means() {
        use Cause::{Deferred, Paused, Rejected, Unreachable};
        use Stage::{Content, Recipient, Sender};
        for (stage, code, text, expected) in [
            (Recipient, 450, "4.2.0 greylisted", Deferred),
            (Recipient, 451, "later", Deferred),
            (Recipient, 452, "4.2.2 over quota", Deferred),
            (Recipient, 550, "no such user", Rejected),
            (Recipient, 550, "5.1.1 no such user, try again with another", Rejected),
            (Recipient, 550, "5.7.1 relaying denied", Rejected),
            (Recipient, 550, "5.4.5 Daily user sending quota exceeded", Paused),
            (Recipient, 550, "5.4.5 congestion", Deferred),
            (Recipient, 550, "4.7.1 listed", Deferred),
            (Recipient, 552, "5.2.2 mailbox full", Deferred),
            (Recipient, 552, "mailbox full", Deferred),
            (Content, 552, "5.3.4 message too big", Rejected),
            (Content, 554, "5.7.0 Try again later", Deferred),
            (Content, 554, "5.7.1 spam", Rejected),
            (Content, 554, "Message temporarily deferred", Deferred),
            (Content, 550, "Rate limit exceeded", Paused),
            (Content, 554, "5.6.0 malformed", Rejected),
            (Sender, 421, "4.3.2 shutting down", Paused),
            (Sender, 530, "5.7.0 authentication required", Unreachable),
            (Recipient, 535, "5.7.8 bad credentials", Unreachable),
            (Sender, 553, "5.7.1 sender address rejected: not yours", Unreachable),
            (Sender, 451, "4.3.0 later", Deferred),
        ] {
            assert_eq!(judge(stage, code, text), expected, "{code} {text}");
        }
    }

    #[test]
    fn a_rejection_is_about_the_address_only_when_it_says_so() {
        use Stage::{Content, Recipient};
        for (stage, code, text, expected) in [
            (Recipient, 550, "5.1.1 no such user", true),
            (Content, 550, "5.1.1 no such user", true),
            (Recipient, 550, "5.1.2 bad domain", true),
            (Recipient, 550, "5.2.1 mailbox disabled", true),
            (Recipient, 550, "No such user here", true),
            (Recipient, 553, "the recipient does not exist", true),
            (Recipient, 550, "5.1.8 bad sender", false),
            (Recipient, 550, "5.7.1 unknown client", false),
            (Recipient, 550, "relaying denied", false),
            (Recipient, 554, "unknown", false),
            (Content, 550, "unknown attachment", false),
        ] {
            assert_eq!(is_about_address(stage, code, text), expected, "{code} {text}");
            let failure = Failure::Refused { stage, code, text: text.to_owned() };
            assert_eq!(undelivered(failure, &[]).refuses_address(), expected, "{code} {text}");
        }
    }

    #[test]
    fn a_reason_contains_no_address_in_any_case() {
        let text = "5.1.1 <Grace@Example.com>: no such user: grace@example.com".to_owned();
        let failure = Failure::Refused { stage: Stage::Recipient, code: 550, text };
        let reason = undelivered(failure, &["grace@example.com", ""]).to_string();
        let expected =
            "the mail server said: 550 5.1.1 <(the address)>: no such user: (the address)";
        assert_eq!(reason, expected);
    }
}
