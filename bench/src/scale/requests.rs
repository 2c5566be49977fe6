//! The lists, and the addresses of their pages.

use super::{accounts::Who, filled::Filled};

/// Items on a page of the API.
const LIMIT: usize = 20;
/// A word of many competitions, and one of none.
const WORDS: [(&str, &str); 2] = [("a frequent word", "chess"), ("an absent word", "absent")];

/// A list, by one client.
pub(super) struct List {
    pub(super) name: String,
    pub(super) who: Who,
    /// A different address for each number.
    pub(super) path: Box<dyn Fn(usize) -> String>,
    /// Whether a response is a whole roster.
    pub(super) is_export: bool,
}

/// Each page and each call of the API that lists, searches, counts or exports.
pub(super) fn lists(filled: &Filled) -> Vec<List> {
    let mut lists = Vec::new();
    let mut add = |name: &str, who: Who, path: Box<dyn Fn(usize) -> String>| {
        lists.push(List { name: name.to_owned(), who, path, is_export: false });
    };
    for sort in ["newest", "deadline", "start", "title"] {
        let base = format!("/api/competitions?sort={sort}");
        add(&format!("Competitions by {sort}, first pages"), Who::Visitor, first(&base));
        let last = last(&base, filled.open);
        add(&format!("Competitions by {sort}, last pages"), Who::Visitor, last);
    }
    let tag = format!("/api/competitions?tags={}", filled.tag);
    add("Competitions with a tag, first pages", Who::Visitor, first(&tag));
    for (words, word) in WORDS {
        let path = move |number| format!("/api/competitions?search={word}%20{number}");
        add(&format!("Competitions with {words} and a number"), Who::Visitor, Box::new(path));
    }
    add("Page: competitions", Who::Visitor, page("/competitions?"));
    add("Page: home", Who::Participant, same("/"));
    add("My registrations, last pages", Who::Participant, {
        last("/api/competitions/registrations/my?", filled.registrations)
    });
    add("My competitions, last pages", Who::Organizer, {
        last("/api/competitions/my-competitions?", filled.competitions)
    });
    add("Mailbox, 500 messages", Who::Participant, same("/api/mailbox/my"));
    add("Page: mailbox", Who::Participant, page("/mailbox?"));
    add("Page: dashboard of a participant", Who::Participant, same("/dashboard"));
    add("Page: dashboard of an organizer", Who::Organizer, page("/dashboard?"));
    let roster = format!("/api/competitions/{}/registrations", filled.largest);
    for sort in ["registered", "name", "status"] {
        let base = format!("{roster}?sort={sort}");
        add(&format!("Roster by {sort}, first pages"), Who::Admin, first(&base));
        add(&format!("Roster by {sort}, last pages"), Who::Admin, last(&base, filled.roster));
    }
    add("Roster by name, middle pages", Who::Admin, {
        last(&format!("{roster}?sort=name"), filled.roster / 2)
    });
    add("Roster, search for a name", Who::Admin, {
        Box::new(move |number| format!("{roster}?search=participant{number}@"))
    });
    add("Page: queues", Who::Admin, same("/admin/queues"));
    add("Dead letters", Who::Admin, same("/api/admin/failed-jobs"));
    for sort in ["registered", "name"] {
        let path = format!("/api/competitions/{}/registrations.csv?sort={sort}", filled.largest);
        lists.push(List {
            name: format!("Roster as CSV by {sort}"),
            who: Who::Admin,
            path: same(&path),
            is_export: true,
        });
    }
    lists
}

/// The pages from the first on.
fn first(base: &str) -> Box<dyn Fn(usize) -> String> {
    let base = base.to_owned();
    Box::new(move |number| format!("{base}&limit={LIMIT}&page={}", number + 1))
}

/// The pages from the last of `total` items back.
fn last(base: &str, total: usize) -> Box<dyn Fn(usize) -> String> {
    let (base, pages) = (base.to_owned(), total.div_ceil(LIMIT));
    Box::new(move |number| {
        format!("{base}&limit={LIMIT}&page={}", pages.saturating_sub(number).max(1))
    })
}

/// The pages of a list of the site.
fn page(base: &str) -> Box<dyn Fn(usize) -> String> {
    let base = base.to_owned();
    Box::new(move |number| format!("{base}page={}", number + 1))
}

/// One address, whose responses are not kept because they are private.
fn same(path: &str) -> Box<dyn Fn(usize) -> String> {
    let path = path.to_owned();
    Box::new(move |_| path.clone())
}
