//! QUICKSTART.md: its commands do on a real server what the text says.

use std::{fs, os::unix::fs::symlink, path::Path, process::Command};

use service::testing::World;

use crate::support::Process;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The code blocks of the document in `language`, with `site` as the address.
fn blocks(language: &str, site: &str) -> Vec<String> {
    let document = fs::read_to_string(Path::new(ROOT).join("QUICKSTART.md")).unwrap();
    let document = document.replace("http://localhost:3000", site);
    let fence = format!("```{language}\n");
    let code = document.split(&fence).skip(1).map(|rest| rest.split_once("```").unwrap().0);
    code.map(ToOwned::to_owned).collect()
}

/// Runs shell commands in a folder, and returns what they print.
fn run(commands: &str, folder: &Path) -> String {
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", commands])
        .current_dir(folder)
        .output()
        .unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(output.status.success(), "{commands}\n{text}");
    text
}

#[tokio::test]
async fn the_commands_of_the_quickstart_register_with_curl_and_with_a_generated_client() {
    let world = World::new().await;
    let server = Process::serve(&world, &["--seed-demo"]);
    let site = server.url("");
    let folder = tempfile::tempdir().unwrap();

    let shell = blocks("sh", &site);
    let [start, register, replay, mailbox, generate, compile] = &shell[..] else {
        panic!("QUICKSTART.md has {} blocks of commands", shell.len());
    };
    assert_eq!(start, "make run\n");

    // The confirmation takes a moment, and longer on a busy machine.
    let mailbox = mailbox.trim();
    let subject = format!(
        "for _ in {{1..150}}; do subject=$({mailbox}); [ \"$subject\" = null ] || break; \
         sleep 0.2; done; echo \"$subject\""
    );
    let printed = run(&format!("{register}\n{replay}\n{subject}"), folder.path());
    assert_eq!(printed.matches("201 Created").count(), 2, "{printed}");
    assert_eq!(printed.to_lowercase().matches("idempotency-replayed: true").count(), 1);
    assert!(printed.lines().last().unwrap().contains("Code Sprint 2025"), "{printed}");

    // The packages are those of clients/, so that the test needs no network.
    let packages = Path::new(ROOT).join("clients/node_modules");
    assert!(packages.is_dir(), "run ./setup.sh test");
    let (prepare, rest) = generate.split_once("npm install").unwrap();
    let (_, types) = rest.split_once('\n').unwrap();
    run(prepare, folder.path());
    let client = folder.path().join("client");
    symlink(packages, client.join("node_modules")).unwrap();
    fs::write(client.join("register.ts"), &blocks("ts", &site)[0]).unwrap();
    let printed = run(&format!("{types}\n{compile}"), &client);
    assert!(printed.contains("Registered for Code Sprint 2025: PENDING"), "{printed}");
}
