//! The page that a link in a mail leads to, which ends mails of its kind.

use domain::MailKind;
use leptos::{html::H1, prelude::*};
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

use crate::{
    components::{ErrorSummary, Head, Heading, Layout, Loaded, Submit, focus},
    error::Failure,
    form::{Returned, error_of},
};

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnsubscribeScreen {
    /// What the link is for.
    pub kind: MailKind,
    /// Whether the address gets mails of this kind.
    pub is_mailed: bool,
    /// The initial state of the form.
    pub start: Returned<()>,
}

/// Loads the page. Anyone who has the link may see it.
#[server(prefix = "/fn", endpoint = "unsubscribe_screen")]
pub async fn load_unsubscribe(
    #[server(default)] key: String,
    #[server(default)] kind: String,
) -> Result<UnsubscribeScreen, Failure> {
    use crate::ssr::{form, request};
    use domain::MailChannel;
    use service::mail_preferences;

    let kind = mail_preferences::kind_of_link(&kind)?;
    let channel = mail_preferences::channel(&request::context()?, &key, kind).await?;
    let start = form::take_stored_form("unsubscribe").await?;
    Ok(UnsubscribeScreen { kind, is_mailed: channel == MailChannel::Mail, start })
}

/// Ends mails of a kind, or begins them again. Anyone who has the link may do that. Returns whether
/// the address gets mails of this kind now.
#[server(prefix = "/fn", endpoint = "unsubscribe")]
pub async fn unsubscribe(
    #[server(default)] key: String,
    #[server(default)] kind: String,
    #[server(default)] again: bool,
) -> Result<bool, Failure> {
    use crate::ssr::{form, request, response};
    use domain::MailChannel;
    use service::mail_preferences;

    let ctx = request::context()?;
    let page = mail_preferences::page_of_link(&key, &kind);
    let channel = if again { MailChannel::Mail } else { MailChannel::Mailbox };
    let parsed = mail_preferences::kind_of_link(&kind);
    let outcome = form::and_then_async(parsed, async |kind| {
        mail_preferences::set_channel(&ctx, &key, kind, channel).await
    })
    .await;
    form::redirect_back_with("unsubscribe", &page, (), outcome).await?;
    if request::kind() == request::RequestKind::Form {
        response::redirect_form(&page);
    }
    Ok(again)
}

/// The page that a link in a mail leads to.
#[component]
pub fn UnsubscribePage() -> impl IntoView {
    let params = use_params_map();
    let link = Memo::new(move |_| {
        let params = params.read();
        (params.get("key").unwrap_or_default(), params.get("kind").unwrap_or_default())
    });
    let action = ServerAction::<Unsubscribe>::new();
    let screen =
        Resource::new_blocking(move || link.get(), |(key, kind)| load_unsubscribe(key, kind));
    view! {
        <Loaded layout=Layout::Form from=screen let(screen)>
            <Content screen key={link.get_untracked().0} action />
        </Loaded>
    }
}

#[component]
fn Content(
    screen: UnsubscribeScreen,
    /// The key of the link.
    key: String,
    action: ServerAction<Unsubscribe>,
) -> impl IntoView {
    let UnsubscribeScreen { kind, is_mailed, start } = screen;
    let error = error_of(action, start.error);
    let is_mailed = RwSignal::new(is_mailed);
    let heading = NodeRef::<H1>::new();
    // The form has changed what it asks.
    Effect::new(move || {
        if let Some(Ok(is_mailed_now)) = action.value().get() {
            is_mailed.set(is_mailed_now);
            if let Some(heading) = heading.get_untracked() {
                focus(heading);
            }
        }
    });
    let words = kind.words();
    let title = move || match is_mailed.get() {
        true => format!("Stop mails about {words}?"),
        false => format!("You get no mails about {words}"),
    };
    let text = move || match is_mailed.get() {
        true => "With an account here, you still find the messages in your mailbox on the site.",
        false => "With an account here, you find the messages in your mailbox on the site.",
    };
    let button = move || match is_mailed.get() {
        true => "Stop these mails",
        false => "Get these mails again",
    };
    let again = move || if is_mailed.get() { "false" } else { "true" };
    view! {
        <Head title="Messages by mail" noindex=true />
        <div class="form-page">
            <Heading node=heading>{title}</Heading>
            <p>{text}</p>
            <ErrorSummary error />
            <ActionForm action attr:class="flex flex-wrap gap-3">
                <input type="hidden" name="key" value=key />
                <input type="hidden" name="kind" value=kind.as_str() />
                <input type="hidden" name="again" prop:value=again value=again />
                <Submit pending=action.pending() class="">{button}</Submit>
            </ActionForm>
            <p><a class="link" href="/account">"All your choices"</a></p>
        </div>
    }
}
