//! Sending a form with a file, and showing how much of it has been sent.

use leptos::{
    ev::SubmitEvent,
    prelude::*,
    server_fn::{
        Bytes, Decodes,
        codec::JsonEncoding,
        error::{FromServerFnError, ServerFnErrorErr},
    },
};
use serde::de::DeserializeOwned;
use web_sys::{
    FormData, HtmlFormElement, ProgressEvent, XmlHttpRequest,
    wasm_bindgen::{JsCast as _, JsValue, prelude::Closure},
};

use crate::error::Failure;

/// A form with a file that is sent to a server function. Without JavaScript the browser sends it.
pub(crate) struct Upload<T: Send + Sync + 'static> {
    /// Whether the response is pending.
    pending: RwSignal<bool>,
    /// How much of the form has been sent, of 100; `None` if nothing is being sent.
    percent: RwSignal<Option<u8>>,
    /// The number of responses.
    version: RwSignal<usize>,
    /// The last response.
    reply: RwSignal<Option<Result<T, Failure>>>,
}

impl<T: Send + Sync + 'static> Clone for Upload<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Upload<T> {}

impl<T: Clone + DeserializeOwned + Send + Sync + 'static> Upload<T> {
    pub(crate) fn new() -> Self {
        Self {
            pending: RwSignal::new(false),
            percent: RwSignal::new(None),
            version: RwSignal::new(0),
            reply: RwSignal::new(None),
        }
    }

    /// Whether the response is pending.
    pub(crate) fn pending(self) -> Memo<bool> {
        Memo::new(move |_| self.pending.get())
    }

    /// The number of responses so far.
    pub(crate) fn version(self) -> RwSignal<usize> {
        self.version
    }

    /// The response to the last submission; `None` before the first.
    pub(crate) fn reply(self) -> Signal<Option<Result<T, Failure>>> {
        self.reply.into()
    }

    /// Forgets the last response.
    pub(crate) fn clear(self) {
        self.reply.set(None);
    }

    /// Sends the form of the event instead of the browser.
    pub(crate) fn submit(self, event: &SubmitEvent) {
        event.prevent_default();
        let form = event.target().and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
        let body = form.as_ref().and_then(|form| FormData::new_with_form(form).ok());
        match form.zip(body) {
            Some((form, body)) => self.send(&form.action(), &body),
            None => self.finish(Err(unreachable())),
        }
    }

    /// Sends a form to the address of a server function, unless the last one is being sent.
    pub(crate) fn send(self, action: &str, body: &FormData) {
        if self.pending.get_untracked() {
            return;
        }
        self.pending.set(true);
        self.percent.set(Some(0));
        if self.post(action, body).is_err() {
            self.finish(Err(unreachable()));
        }
    }

    fn post(self, action: &str, body: &FormData) -> Result<(), JsValue> {
        let request = XmlHttpRequest::new()?;
        request.open("POST", action)?;
        request.set_request_header("Accept", "application/json")?;
        let progress = Closure::<dyn Fn(ProgressEvent)>::new(move |event: ProgressEvent| {
            let sent = event.loaded() / event.total().max(1.0);
            let _ = self.percent.try_set(Some((sent * 100.0) as u8));
        });
        request.upload()?.set_onprogress(Some(progress.into_js_value().unchecked_ref()));
        let sent = request.clone();
        // Also after an error, with the status 0.
        let end = Closure::once_into_js(move || self.finish(read(&sent)));
        request.set_onloadend(Some(end.unchecked_ref()));
        request.send_with_opt_form_data(Some(body))
    }

    /// Ignores a response that arrives after navigation.
    fn finish(self, reply: Result<T, Failure>) {
        let _ = self.percent.try_set(None);
        let _ = self.reply.try_set(Some(reply));
        let _ = self.version.try_update(|version| *version += 1);
        let _ = self.pending.try_set(false);
    }
}

fn unreachable() -> Failure {
    Failure::from_server_fn_error(ServerFnErrorErr::Request(String::new()))
}

fn read<T: DeserializeOwned>(request: &XmlHttpRequest) -> Result<T, Failure> {
    let (status, text) = (request.status().unwrap_or_default(), request.response_text());
    let text = text.ok().flatten().unwrap_or_default();
    match status {
        0 => Err(unreachable()),
        200..300 => JsonEncoding::decode(Bytes::from(text)).map_err(|error| {
            Failure::from_server_fn_error(ServerFnErrorErr::Deserialization(error.to_string()))
        }),
        _ => Err(Failure::de(Bytes::from(text))),
    }
}

/// A bar that shows how much of a form has been sent.
#[component]
pub(crate) fn UploadProgress<T: Clone + DeserializeOwned + Send + Sync + 'static>(
    /// The form.
    of: Upload<T>,
) -> impl IntoView {
    let bar = move || {
        let percent = of.percent.get()?;
        Some(view! {
            <progress
                class="w-full"
                aria-label="Uploading"
                value=percent.to_string()
                max="100"
            ></progress>
        })
    };
    view! { {bar} }
}
