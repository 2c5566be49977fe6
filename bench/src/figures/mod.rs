//! The measurements, one file for each kind.

mod confirmations;
mod footprint;
mod logins;
mod reads;
mod registrations;

use crate::{Result, options::Part, stage::Stage, table::Row};

/// The rows of one part of the table.
///
/// # Errors
/// When a program fails, or a response is unexpected.
pub(crate) fn of(part: Part, stage: &mut Stage) -> Result<Vec<Row>> {
    match part {
        Part::A => registrations::on_postgres(stage, "(a) one hot competition", 1),
        Part::B => {
            let mut rows = registrations::on_postgres(stage, "(b) 50 competitions", 50)?;
            rows.extend(registrations::shared(stage)?);
            Ok(rows)
        }
        Part::C => reads::measure(stage),
        Part::D => confirmations::distributed(stage),
        Part::E => logins::measure(stage),
        Part::F => footprint::measure(stage),
        Part::G => {
            let mut rows = registrations::embedded(stage)?;
            rows.extend(confirmations::embedded(stage)?);
            Ok(rows)
        }
        Part::H => registrations::beside_searches(stage),
    }
}
