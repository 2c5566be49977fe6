//! Which jobs share workers. Jobs of one class may wait for each other; no class waits for another.

/// What jobs may wait for each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Confirmations of registrations: they ask nothing but the database, and somebody waits for
    /// each.
    Confirmations,
    /// Mail that one person waits for: links to set a password, and confirmations on their way to
    /// an address.
    AccountMail,
    /// What takes minutes: notices to all participants of a competition, reminders, deleting old
    /// rows.
    Background,
    /// Mail that goes to many people at once, on its way to their addresses.
    BulkMail,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 4] =
        [Self::Confirmations, Self::AccountMail, Self::Background, Self::BulkMail];
}

/// Jobs of one kind and priority, which wait in one list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) class: Class,
    pub(super) kind: &'static str,
    pub(super) priority: i16,
    /// The name of the list in Redis. A program takes from the lists that it knows, so that jobs of
    /// a newer version wait for a worker of that version.
    pub(super) list: &'static str,
}

/// The priority of mail that goes to many people.
pub(super) const BULK: i16 = 15;

/// Every job that this program knows, the most urgent first. A job that is not among them is left
/// for a worker that knows it.
pub(super) const ROUTES: [Route; 8] = [
    route(Class::Confirmations, "confirm_registration", 0, "confirm_registration"),
    route(Class::AccountMail, "send_reset_link", 0, "send_reset_link"),
    route(Class::AccountMail, "deliver_mail", 5, "deliver_mail"),
    route(Class::Background, "tell_of_cancellation", 10, "tell_of_cancellation"),
    route(Class::Background, "send_reminders", 10, "send_reminders"),
    // Versions that had no classes gave all mail this priority.
    route(Class::BulkMail, "deliver_mail", 10, "deliver_bulk_mail"),
    route(Class::BulkMail, "deliver_mail", BULK, "deliver_bulk_mail"),
    route(Class::Background, "clean_up", 20, "clean_up"),
];

const fn route(class: Class, kind: &'static str, priority: i16, list: &'static str) -> Route {
    Route { class, kind, priority, list }
}

/// Where a job waits; `None` for one that this program does not know.
pub(super) fn route_of(kind: &str, priority: i16) -> Option<&'static Route> {
    ROUTES.iter().find(|route| route.kind == kind && route.priority == priority)
}

/// The routes of some classes, the most urgent first.
pub(super) fn routes(classes: &[Class]) -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().filter(move |route| classes.contains(&route.class))
}

/// The lists of some classes, the most urgent first.
pub(super) fn lists(classes: &[Class]) -> Vec<&'static str> {
    let mut lists: Vec<_> = routes(classes).map(|route| route.list).collect();
    lists.dedup();
    lists
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_lists_of_its_own() {
        let all = lists(&Class::ALL);
        let each: Vec<_> = Class::ALL.iter().flat_map(|class| lists(&[*class])).collect();
        assert_eq!(
            all.len(),
            each.len(),
            "a list that two classes take from, or one that none does"
        );
        assert!(all.iter().all(|list| each.contains(list)));
    }

    #[test]
    fn the_most_urgent_route_comes_first() {
        assert!(ROUTES.is_sorted_by_key(|route| route.priority));
    }
}
