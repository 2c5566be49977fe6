//! The meaning of a refusal by a mail server, or of a lost connection.

use super::session::{Failure, Stage};
use crate::undelivered::{Kind, Undelivered};

/// Replies that find fault with our credentials or with the connection (RFC 4954, RFC 3207): every
/// mail would get them, and each can go once that is right.
const ABOUT_US: [u16; 6] = [421, 454, 530, 534, 535, 538];
/// Enhanced status codes that are transient whatever reply code they come with, as (subject,
/// detail) of RFC 3463: mailbox or system full, system not accepting messages, no route just now,
/// congestion or a quota, too many recipients.
const TRANSIENT: [(u16, u16); 7] = [(2, 2), (3, 1), (3, 2), (4, 2), (4, 3), (4, 5), (5, 3)];
/// The subject of codes about addresses: what they refuse does not get better.
const ADDRESSING: u16 = 1;
/// Words of servers that mean later and say never.
const LATER: [&str; 8] =
    ["try again", "try later", "retry", "temporar", "quota", "rate limit", "too many", "too fast"];

impl Undelivered {
    /// Of a mail to some addresses. Servers like to repeat them in their replies; a log is no place
    /// for one.
    pub(super) fn of(failure: Failure, addresses: &[&str]) -> Self {
        let (reason, kind, may_have_arrived) = match failure {
            Failure::Refused { stage, code, text } => {
                (format!("the mail server said: {code} {text}"), judge(stage, code, &text), false)
            }
            Failure::Lost { stage, reason } => {
                let reason = format!("the connection to the mail server failed: {reason}");
                (reason, Kind::Unreachable, stage == Stage::Content)
            }
            Failure::NoUtf8 => {
                let reason = "the address has letters other than ASCII before the @, which the mail server does not take (it offers no SMTPUTF8)";
                (reason.to_owned(), Kind::Final, false)
            }
        };
        let reason = addresses.iter().fold(reason, |reason, address| without(&reason, address));
        Self::new(reason, kind, may_have_arrived)
    }
}

/// What a refusal means. The enhanced status code decides where there is one.
fn judge(stage: Stage, code: u16, text: &str) -> Kind {
    let is_permanent = code >= 500;
    let enhanced = enhanced(text);
    if ABOUT_US.contains(&code) {
        return Kind::Unreachable;
    }
    if !is_permanent || enhanced.is_some_and(|(class, ..)| class == 4) {
        return Kind::PutOff;
    }
    if let Some((_, subject, detail)) = enhanced
        && TRANSIENT.contains(&(subject, detail))
    {
        return Kind::PutOff;
    }
    let is_addressing = enhanced.is_some_and(|(_, subject, _)| subject == ADDRESSING);
    let words = text.to_lowercase();
    // 552 means a full mailbox, which its owner may empty (RFC 5321), unless an enhanced code says
    // that the mail is too big.
    if (!is_addressing && LATER.iter().any(|later| words.contains(later)))
        || (code == 552 && enhanced.is_none())
    {
        return Kind::PutOff;
    }
    // All mail has one sender, so a refusal of it is about MAIL_FROM, not about this mail.
    if stage == Stage::Sender { Kind::Unreachable } else { Kind::Final }
}

/// The enhanced status code that a reply begins with (RFC 2034).
fn enhanced(text: &str) -> Option<(u16, u16, u16)> {
    let mut parts = text.split_whitespace().next()?.splitn(3, '.').map(|part| part.parse().ok());
    let (class, subject, detail) = (parts.next()??, parts.next()??, parts.next()??);
    matches!(class, 2 | 4 | 5).then_some((class, subject, detail))
}

/// The text without an address, in whatever case it stands there.
fn without(text: &str, address: &str) -> String {
    let (mut left, mut kept) = (text, String::new());
    let lower = address.to_ascii_lowercase();
    while let Some(at) =
        (!lower.is_empty()).then(|| left.to_ascii_lowercase().find(&lower)).flatten()
    {
        kept += &left[..at];
        kept += "(the address)";
        left = &left[at + address.len()..];
    }
    kept + left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_enhanced_status_code_decides_what_a_refusal_means() {
        use Kind::{Final, PutOff, Unreachable};
        use Stage::{Content, Recipient, Sender};
        for (stage, code, text, expected) in [
            (Recipient, 450, "4.2.0 greylisted", PutOff),
            (Recipient, 451, "later", PutOff),
            (Recipient, 452, "4.2.2 over quota", PutOff),
            (Recipient, 550, "no such user", Final),
            (Recipient, 550, "5.1.1 no such user, try again with another", Final),
            (Recipient, 550, "5.7.1 relaying denied", Final),
            (Recipient, 550, "5.4.5 Daily user sending quota exceeded", PutOff),
            (Recipient, 550, "5.4.5 congestion", PutOff),
            (Recipient, 550, "4.7.1 listed", PutOff),
            (Recipient, 552, "5.2.2 mailbox full", PutOff),
            (Recipient, 552, "mailbox full", PutOff),
            (Content, 552, "5.3.4 message too big", Final),
            (Content, 554, "5.7.0 Try again later", PutOff),
            (Content, 554, "5.7.1 spam", Final),
            (Content, 554, "Message temporarily deferred", PutOff),
            (Content, 550, "Rate limit exceeded", PutOff),
            (Content, 554, "5.6.0 malformed", Final),
            (Sender, 421, "4.3.2 shutting down", Unreachable),
            (Sender, 530, "5.7.0 authentication required", Unreachable),
            (Recipient, 535, "5.7.8 bad credentials", Unreachable),
            (Sender, 553, "5.7.1 sender address rejected: not yours", Unreachable),
            (Sender, 451, "4.3.0 later", PutOff),
        ] {
            assert_eq!(judge(stage, code, text), expected, "{code} {text}");
        }
    }

    #[test]
    fn a_reason_names_no_address_in_whatever_case() {
        let text = "5.1.1 <Grace@Example.com>: no such user: grace@example.com".to_owned();
        let failure = Failure::Refused { stage: Stage::Recipient, code: 550, text };
        let reason = Undelivered::of(failure, &["grace@example.com", ""]).to_string();
        let expected =
            "the mail server said: 550 5.1.1 <(the address)>: no such user: (the address)";
        assert_eq!(reason, expected);
    }
}
