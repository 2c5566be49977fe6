//! Where the value of each option comes from.

use clap::{ArgMatches, Command, parser::ValueSource};
use serde::Serialize;

/// An option that has an environment variable, and where its value comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OptionSource {
    /// The environment variable.
    pub name: String,
    /// `default`, `environment`, `.env` or `command line`.
    pub source: &'static str,
    /// The value, unless it may be secret; empty without a value.
    pub value: String,
}

/// The options of a command, with those of the program. `env_file` are the names of the variables
/// that come from the file `.env`.
pub(crate) fn sources(
    command: &Command,
    matches: &ArgMatches,
    env_file: &[String],
) -> Vec<OptionSource> {
    let mut sources: Vec<_> = command
        .get_arguments()
        .filter_map(|argument| {
            let name = argument.get_env()?.to_string_lossy().into_owned();
            let id = argument.get_id().as_str();
            let source = match matches.value_source(id) {
                Some(ValueSource::CommandLine) => "command line",
                Some(ValueSource::EnvVariable) if env_file.contains(&name) => ".env",
                Some(ValueSource::EnvVariable) => "environment",
                _ => "default",
            };
            let values = matches.get_raw(id).into_iter().flatten();
            let values: Vec<_> = values.map(|value| value.to_string_lossy()).collect();
            let value = match argument.is_hide_env_values_set() {
                true if source != "default" => "(hidden)".to_owned(),
                _ => values.join(","),
            };
            Some(OptionSource { name, source, value })
        })
        .collect();
    sources.sort_by(|one, other| one.name.cmp(&other.name));
    sources
}
