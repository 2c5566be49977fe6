//! The words of a notice.

use askama::Template;
use domain::{NoticeTiming, grouped};

use super::news::{News, People};
use crate::{
    Context,
    entity::{competition, user},
    mail::{
        example::{self, Example},
        reader::Reader,
        templates::{RenderedMail, UserText},
    },
};

#[derive(Template)]
#[template(path = "mail/organizer_notice.txt")]
struct Notice<'a> {
    subject: String,
    reader: Reader<'a>,
    competitions: Vec<Item<'a>>,
    /// Where the organizer chooses what to hear of.
    choices: String,
}

/// A competition in a notice.
struct Item<'a> {
    title: UserText<'a>,
    lines: Vec<String>,
    /// Its participants.
    page: String,
}

impl<'a> Item<'a> {
    fn of(ctx: &Context, competition: &'a competition::Model, news: &News) -> Self {
        let seats = (competition.registered, competition.capacity);
        Self {
            title: UserText(&competition.title),
            lines: lines(news, seats),
            page: ctx.page(&format!("/competitions/{}/manage/participants", competition.id)),
        }
    }
}

/// A notice of what has happened to these competitions: one, or all those of a day.
pub(super) fn notice(
    ctx: &Context,
    organizer: &user::Model,
    found: &[(competition::Model, News)],
    timing: NoticeTiming,
) -> RenderedMail {
    let subject = match (timing, found) {
        (NoticeTiming::AtOnce, [(competition, news)]) => {
            format!("{}: {}", headline(news), UserText(&competition.title))
        }
        _ => "News of your competitions".to_owned(),
    };
    RenderedMail::of(&Notice {
        subject,
        reader: organizer.into(),
        competitions: found.iter().map(|(of, news)| Item::of(ctx, of, news)).collect(),
        choices: ctx.page("/account#organizer-notices"),
    })
}

/// What has happened, in a few words.
fn headline(news: &News) -> String {
    let News { registered, cancelled, became_full, waitlist_emptied } = news;
    let parts = [
        (registered.count > 0)
            .then(|| counted(registered.count, "New registration", "new registrations")),
        (cancelled.count > 0)
            .then(|| counted(cancelled.count, "Cancelled registration", "cancelled registrations")),
        became_full.then(|| "Full".to_owned()),
        waitlist_emptied.then(|| "Waiting list empty".to_owned()),
    ];
    let mut parts = parts.into_iter().flatten();
    match (parts.next(), parts.next()) {
        (Some(only), None) => only,
        _ => "News".to_owned(),
    }
}

fn counted(count: u64, one: &str, more: &str) -> String {
    match count {
        1 => one.to_owned(),
        count => format!("{} {more}", grouped(count)),
    }
}

/// What has happened, a line for each.
fn lines(news: &News, (registered, capacity): (i32, i32)) -> Vec<String> {
    let people = |people: &People, one: &str, more: &str| {
        (people.count > 0).then(|| {
            let what = counted(people.count, one, more);
            let names = people.names.iter().map(|name| UserText(name).to_string());
            let mut names = names.collect::<Vec<_>>().join(", ");
            let others = people.count - people.names.len() as u64;
            if others > 0 {
                names += &format!(" and {} more", grouped(others));
            }
            format!("{what}: {names}")
        })
    };
    let number = |number: i32| grouped(u64::from(number.unsigned_abs()));
    let lines = [
        people(&news.registered, "New registration", "new registrations"),
        people(&news.cancelled, "Cancelled registration", "cancelled registrations"),
        news.became_full.then(|| {
            format!("Full: {} of {} seats are taken", number(registered), number(capacity))
        }),
        news.waitlist_emptied.then(|| "The waiting list is empty".to_owned()),
    ];
    lines.into_iter().flatten().collect()
}

/// The mails of this module, as their previews show them.
pub(crate) fn mail_examples() -> Vec<Example> {
    let people = |count, names: &[&str]| People {
        count,
        names: names.iter().map(|&name| name.to_owned()).collect(),
    };
    let item = |title, news: &News, seats| Item {
        title: UserText(title),
        lines: lines(news, seats),
        page: format!("{}competitions/7/manage/participants", example::SITE),
    };
    let notice = |subject: &str, competitions| Notice {
        subject: subject.to_owned(),
        reader: example::READER,
        competitions,
        choices: format!("{}account#organizer-notices", example::SITE),
    };
    let full = News { became_full: true, ..News::default() };
    let some = News {
        registered: people(12, &["Ada Lovelace", "Alan Turing", "Linus"]),
        cancelled: people(1, &["Barbara Liskov"]),
        ..News::default()
    };
    let empty = News { waitlist_emptied: true, ..News::default() };
    let daily = vec![item("Code Sprint", &some, (12, 40)), item("Chess Open", &empty, (39, 40))];
    vec![
        Example::of(
            "organizer_notice",
            &notice("Full: Code Sprint", vec![item("Code Sprint", &full, (40, 40))]),
        ),
        Example::of("organizer_notice.daily", &notice("News of your competitions", daily)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_counts_people_and_names_the_first_of_them() {
        let registered =
            People { count: 3, names: vec!["Ada".into(), "see https://evil.example".into()] };
        let news = News { registered, became_full: true, ..News::default() };
        let expected = [
            "3 new registrations: Ada, see [link removed] and 1 more",
            "Full: 40 of 40 seats are taken",
        ];
        assert_eq!(lines(&news, (40, 40)), expected);
        assert_eq!(headline(&news), "News");
        let one = People { count: 1, names: vec!["Ada".into()] };
        let cancelled = News { cancelled: one, ..News::default() };
        assert_eq!(lines(&cancelled, (1, 2)), ["Cancelled registration: Ada"]);
        assert_eq!(headline(&cancelled), "Cancelled registration");
    }
}
