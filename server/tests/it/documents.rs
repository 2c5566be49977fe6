//! The documents name commands and options of `mini-compete` that exist. Their links, paths and
//! variables are checked by scripts/check-documents.mjs.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::{CommandFactory, error::ErrorKind};
use server::cli::Cli;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The Markdown files below `folder`, without those of packages and build output.
fn documents(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            if !name.starts_with('.') && name != "node_modules" && name != "target" {
                found.extend(documents(&path));
            }
        } else if name.ends_with(".md") {
            found.push(path);
        }
    }
    found
}

/// The lines of code blocks, continued lines joined, and the code within sentences.
fn code(document: &str) -> Vec<String> {
    let mut code = Vec::new();
    for (index, part) in document.replace("\\\n", " ").split("```").enumerate() {
        if index % 2 == 1 {
            code.extend(part.lines().map(ToOwned::to_owned));
        } else {
            code.extend(part.split('`').skip(1).step_by(2).map(ToOwned::to_owned));
        }
    }
    code
}

/// The arguments of `mini-compete` where the code runs it: at its beginning, after variables, after
/// `sudo` and after a separator of the shell.
fn invocations(code: &str) -> Vec<Vec<String>> {
    let code = code.split(" #").next().unwrap().replace("$(", ";").replace("ExecStart=", "");
    let commands = code.split([';', '|', '&', '(', ')', '>', '<', '…']);
    let arguments = commands.filter_map(|command| {
        let mut words = command.split_whitespace().peekable();
        while words.next_if(|word| word.contains('=') || ["sudo", "$"].contains(word)).is_some() {}
        let program = words.next()?.rsplit('/').next()?;
        (program == "mini-compete").then(|| words.map(|word| word.replace('"', "")).collect())
    });
    arguments.filter(|arguments: &Vec<_>| !arguments.is_empty()).collect()
}

#[test]
fn every_command_and_option_in_the_documents_exists() {
    let mut checked = 0;
    let mut wrong = Vec::new();
    for path in documents(Path::new(ROOT)) {
        for line in code(&fs::read_to_string(&path).unwrap()) {
            for arguments in invocations(&line) {
                checked += 1;
                let words = ["mini-compete".to_owned()].into_iter().chain(arguments);
                let Err(error) = Cli::command().try_get_matches_from(words) else { continue };
                let unknown = [ErrorKind::UnknownArgument, ErrorKind::InvalidSubcommand];
                if unknown.contains(&error.kind()) {
                    wrong.push(format!("{}: {line}\n  {error}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 15, "only {checked} commands were found");
}

#[test]
fn a_command_in_a_document_is_found_after_variables_and_separators() {
    let found = invocations("A=b /opt/mini-compete/mini-compete serve --port 1 && mini-compete x");
    assert_eq!(found, [vec!["serve", "--port", "1"], vec!["x"]]);
    assert!(invocations("docker build -t mini-compete .").is_empty());
    assert!(invocations("mini-compete").is_empty());
}
