//! Running a script with Node.js.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use crate::Result;

/// Runs a script; returns what it prints.
pub(super) fn node(script: &Path, arguments: &[String]) -> Result<String> {
    let mut node = Command::new("node");
    node.arg(script).args(arguments).stderr(Stdio::inherit());
    let output = node.output().map_err(|error| format!("node: {error}"))?;
    if !output.status.success() {
        return Err(format!("{} failed: {}", script.display(), output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}
