//! What `mini-compete seed` has filled in.

use crate::{Result, sql::Shell};

/// The addresses and lengths of lists.
#[derive(Debug)]
pub(super) struct Filled {
    /// The competition with the most registrations.
    pub(super) largest: String,
    /// Its registrations.
    pub(super) roster: usize,
    /// Open competitions.
    pub(super) open: usize,
    /// Registrations of the participant who has the most.
    pub(super) registrations: usize,
    /// Competitions of the organizer who has the most.
    pub(super) competitions: usize,
    /// The tag of the most competitions.
    pub(super) tag: String,
}

/// Dead letters, of which a fill has none.
const DEAD_LETTERS: &str = "\
    INSERT INTO failed_jobs (id, kind, payload, priority, attempts, max_attempts, last_error, \
        created_at, failed_at) \
    SELECT gen_random_uuid(), 'deliver_mail', '{}', 0, 3, 3, repeat('The server refused. ', 20), \
        now(), now() - number * interval '1 minute' FROM generate_series(1, 2000) AS number;";

impl Filled {
    /// Adds dead letters, and looks at the rest.
    pub(super) fn look(shell: &mut Shell) -> Result<Self> {
        shell.run(DEAD_LETTERS)?;
        let largest = shell.value(
            "SELECT competition_id FROM registrations GROUP BY 1 ORDER BY count(*) DESC LIMIT 1",
        )?;
        let most = |shell: &mut Shell, table: &str, column: &str| {
            shell.number(&format!(
                "SELECT count(*) FROM {table} GROUP BY {column} ORDER BY 1 DESC LIMIT 1"
            ))
        };
        Ok(Self {
            roster: most(shell, "registrations", "competition_id")?,
            open: shell.number(
                "SELECT count(*) FROM competitions WHERE reg_deadline > now() AND cancelled_at IS \
                 NULL",
            )?,
            registrations: most(shell, "registrations", "user_id")?,
            competitions: most(shell, "competitions", "organizer_id")?,
            tag: shell.value(
                "SELECT tag FROM competition_tags GROUP BY 1 ORDER BY count(*) DESC LIMIT 1",
            )?,
            largest,
        })
    }
}
