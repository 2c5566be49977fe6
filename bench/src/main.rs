//! The benchmark of Mini Compete: the release program, and in the same run the components that it
//! is built on.
//!
//! `make bench` starts it with its own PostgreSQL and Redis. Every figure is the median of several
//! rounds. Each round measures the product and its rival one right after the other, so that other
//! load on the machine affects both. `BENCHMARKS.md` explains the figures.

mod check;
mod figures;
mod http;
mod machine;
mod options;
mod participants;
mod process;
mod report;
mod rivals;
mod scale;
mod site;
mod sizes;
mod sql;
mod stage;
mod table;
mod usage;

use std::{io::Write as _, process::ExitCode};

use clap::Parser;

use crate::{
    options::{Options, Part},
    stage::Stage,
    table::Row,
};

type Result<T = (), E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

fn main() -> ExitCode {
    match run(Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> Result {
    let mut stage = Stage::set(options)?;
    let machine = machine::describe(&stage)?;
    if stage.options.scale {
        let results = scale::run(&mut stage, &machine)?;
        write!(std::io::stdout(), "{results}")?;
        return Ok(());
    }
    let mut rows = Vec::new();
    for part in Part::ALL {
        if stage.options.wants(part) {
            rows.extend(figures::of(part, &mut stage)?);
        }
    }
    let results = report::render(&machine, &rows);
    write!(std::io::stdout(), "{results}")?;
    if stage.options.write {
        report::write(&results)?;
    }
    if stage.options.check {
        let regressions = check::regressions(&report::read()?, &rows);
        if !regressions.is_empty() {
            return Err(format!("not as committed:\n{}", regressions.join("\n")).into());
        }
    }
    Ok(())
}

/// Reports progress on standard error.
fn progress(text: &str) {
    eprintln!("bench: {text}");
}
