//! Verifying the address of an account, and changing it.

mod changes;
mod deferred;
mod held_messages;
mod limits;
mod refused;
mod unverified;
mod verifying;

use domain::{
    Email, EmailChange, EmailCode, EmailStatus, ErrorCode, Password, PersonName, Role, Signup,
};
use service::{
    Actor, ClientAddress, Context,
    accounts::{
        email::{EmailLinkKey, change, status},
        sign_up,
    },
    password_reset,
    testing::{PASSWORD, World, run_pending_jobs},
};

use crate::{
    sink::{Received, Sink},
    support::code,
};

const ADA: &str = "ada@example.com";
const NEW: &str = "ada@lovelace.example";

/// Signs up as people do. Returns them as they are known then.
async fn signed_up(ctx: &Context, address: &str) -> Actor {
    signed_up_as(ctx, address, Role::Participant).await
}

async fn signed_up_as(ctx: &Context, address: &str, role: Role) -> Actor {
    let signup = Signup {
        name: PersonName::parse("Ada Lovelace").unwrap(),
        email: Email::parse(address).unwrap(),
        password: Password::parse(PASSWORD.to_owned()).unwrap(),
        role,
    };
    sign_up(ctx, signup, ClientAddress::UNKNOWN).await.unwrap().into()
}

/// A site that sends mail, where Ada has signed up and has got her mail.
async fn site() -> (World, Sink, Context, Actor) {
    let world = World::new().await;
    let sink = Sink::start().await;
    let ctx = world.process_with_mail(&sink.url()).await;
    let ada = signed_up(&ctx, ADA).await;
    run_pending_jobs(&ctx).await;
    (world, sink, ctx, ada)
}

fn key_of(mail: &Received) -> EmailLinkKey {
    let link = mail.body.lines().find(|line| line.contains("token=")).expect("a link");
    let (address, token) = link.split_once("token=").unwrap();
    assert_eq!(address, "https://site.example/auth/verify-email?");
    EmailLinkKey::of(token)
}

fn code_of(mail: &Received) -> EmailCode {
    let (_, code) = mail.body.split_once("page of your account: ").expect("a code");
    EmailCode::parse(code.lines().next().unwrap()).unwrap()
}

/// A code that the mail does not have.
fn wrong_code(mail: &Received) -> EmailCode {
    let first = code_of(mail).as_str().starts_with('0');
    EmailCode::parse(if first { "100000" } else { "000000" }).unwrap()
}

async fn verified(ctx: &Context, actor: &Actor) -> bool {
    status(ctx, actor).await.unwrap().verified
}

async fn ask_for(ctx: &Context, actor: &Actor, address: &str) -> Result<EmailStatus, ErrorCode> {
    let wanted =
        EmailChange { email: Email::parse(address).unwrap(), password: PASSWORD.to_owned() };
    change(ctx, actor, wanted, ClientAddress::UNKNOWN).await.map_err(code)
}

/// The last mail to an address.
fn last_to(sink: &Sink, address: &str) -> Received {
    let mut mails = sink.mails().into_iter().filter(|mail| mail.recipients == [address]);
    mails.next_back().expect("a mail")
}

fn addressees(sink: &Sink) -> Vec<String> {
    sink.mails().into_iter().flat_map(|mail| mail.recipients).collect()
}

/// Sets a password by a link.
async fn set_password(ctx: &Context, link: &str) {
    let (_, token) = link.split_once("token=").unwrap();
    let key = password_reset::ResetKey::of(token);
    let password = Password::parse("battery staple".to_owned()).unwrap();
    password_reset::confirm(ctx, &key, password, ClientAddress::UNKNOWN).await.unwrap();
}
