//! Fields of forms: a label, a hint, an error and the input.

use leptos::{html::Input, oco::Oco, prelude::*};

use crate::form::FormError;

/// A text that is known at compile time, or one of the form's data.
type Text = Oco<'static, str>;

/// The `aria-describedby` of a field: its hint, if it has one, and its error.
fn describe(id: &str, has_hint: bool) -> String {
    if has_hint { format!("{id}-hint {id}-error") } else { format!("{id}-error") }
}

/// The error of the field `id`, beside it.
#[component]
pub(crate) fn FieldError(
    /// The name of the field in errors.
    #[prop(into)]
    id: Text,
    /// The error of the form.
    error: FormError,
) -> impl IntoView {
    let error_id = format!("{id}-error");
    let words = move || error.with(|error| Some(error.as_ref()?.about(&id)?.to_owned()));
    view! {
        <p id=error_id class="text-sm font-semibold text-error empty:hidden">
            {words}
        </p>
    }
}

/// `true` while the field has an error.
fn invalid(id: &Text, error: FormError) -> impl Fn() -> Option<&'static str> + use<> {
    let id = id.clone();
    move || {
        let wrong = error.with(|error| error.as_ref().is_some_and(|p| p.about(&id).is_some()));
        wrong.then_some("true")
    }
}

/// A label above its field.
#[component]
fn Label(id: Text, label: Text, #[prop(optional_no_strip)] hint: Option<String>) -> impl IntoView {
    view! {
        <label for=id.clone() class="font-semibold" dir="auto">{label}</label>
        {hint
            .map(|hint| {
                let id = format!("{id}-hint");
                view! { <p id=id class="text-sm text-muted" dir="auto">{hint}</p> }
            })}
    }
}

/// One line of text.
#[component]
pub(crate) fn Field(
    /// The name of the field in errors, and its id on the page.
    #[prop(into)]
    id: Text,
    /// The name of the field in the form; `id` by default.
    #[prop(into, default = id.clone())]
    name: Text,
    /// The label.
    #[prop(into)]
    label: Text,
    /// The hint; none if it is empty.
    #[prop(optional, into)]
    hint: Option<String>,
    /// The `type` of the input.
    #[prop(default = "text")]
    kind: &'static str,
    /// The keyboard of phones.
    #[prop(optional)]
    inputmode: Option<&'static str>,
    /// What browsers and password managers fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// The id of the `datalist` with its values.
    #[prop(optional)]
    list: Option<&'static str>,
    /// Whether the field is required.
    #[prop(default = true)]
    required: bool,
    /// The initial value; it changes until the user types.
    #[prop(into)]
    value: Signal<String>,
    /// The error of the form.
    error: FormError,
) -> impl IntoView {
    let hint = hint.filter(|hint| !hint.is_empty());
    let described = describe(&id, hint.is_some());
    let is_invalid = invalid(&id, error);
    view! {
        <div class="grid gap-1.5">
            <Label id=id.clone() label hint />
            <FieldError id=id.clone() error />
            <input
                class="input"
                dir="auto"
                id=id
                name=name
                type=kind
                inputmode=inputmode
                list=list
                autocomplete=autocomplete
                aria-required=required.then_some("true")
                aria-invalid=is_invalid
                aria-describedby=described
                value=value
            />
        </div>
    }
}

/// Several lines of text.
#[component]
pub(crate) fn TextArea(
    /// The name of the field in errors, and its id on the page.
    #[prop(into)]
    id: Text,
    /// The name of the field in the form.
    #[prop(into)]
    name: Text,
    /// The label.
    #[prop(into)]
    label: Text,
    /// The hint.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Whether the field is required.
    #[prop(default = true)]
    required: bool,
    /// The number of lines that it shows.
    #[prop(default = 8)]
    rows: u8,
    /// The initial value.
    value: String,
    /// The error of the form.
    error: FormError,
) -> impl IntoView {
    let hint = hint.filter(|hint| !hint.is_empty());
    let described = describe(&id, hint.is_some());
    let is_invalid = invalid(&id, error);
    view! {
        <div class="grid gap-1.5">
            <Label id=id.clone() label hint />
            <FieldError id=id.clone() error />
            <textarea
                class="textarea"
                dir="auto"
                id=id
                name=name
                rows=rows
                aria-required=required.then_some("true")
                aria-invalid=is_invalid
                aria-describedby=described
            >
                {value}
            </textarea>
        </div>
    }
}

/// One of several choices.
#[component]
pub(crate) fn SelectField(
    /// The name of the field in errors, and its id on the page.
    #[prop(into)]
    id: Text,
    /// The name of the field in the form.
    #[prop(into)]
    name: Text,
    /// The label.
    #[prop(into)]
    label: Text,
    /// The hint.
    #[prop(optional, into)]
    hint: Option<String>,
    /// The error of the form.
    error: FormError,
    /// The choices.
    children: Children,
) -> impl IntoView {
    let hint = hint.filter(|hint| !hint.is_empty());
    let described = describe(&id, hint.is_some());
    let is_invalid = invalid(&id, error);
    view! {
        <div class="grid gap-1.5">
            <Label id=id.clone() label hint />
            <FieldError id=id.clone() error />
            <select
                class="select"
                id=id
                name=name
                aria-invalid=is_invalid
                aria-describedby=described
            >
                {children()}
            </select>
        </div>
    }
}

/// A password. The server never fills it in; with JavaScript it can be shown.
#[component]
pub(crate) fn PasswordField(
    /// The name of the field in errors, and its id on the page.
    #[prop(default = "password")]
    id: &'static str,
    /// The name of the field in the form; `id` by default.
    #[prop(default = id)]
    name: &'static str,
    /// The label.
    #[prop(default = "Password")]
    label: &'static str,
    /// The hint.
    #[prop(optional, into)]
    hint: Option<String>,
    /// `current-password` or `new-password`.
    autocomplete: &'static str,
    /// The error of the form.
    error: FormError,
) -> impl IntoView {
    let (shown, set_shown) = signal(false);
    let (live, set_live) = signal(false);
    Effect::new(move || set_live.set(true));
    let node = NodeRef::<Input>::new();
    // A refused password has to be typed again.
    Effect::new(move || {
        if let (Some(_), Some(input)) = (error.get(), node.get_untracked()) {
            input.set_value("");
        }
    });
    let described = describe(id, hint.is_some());
    view! {
        <div class="grid gap-1.5">
            <Label id=id.into() label=label.into() hint />
            <FieldError id error />
            <div class="flex gap-2">
                <input
                    node_ref=node
                    class="input"
                    id=id
                    name=name
                    type=move || if shown.get() { "text" } else { "password" }
                    autocomplete=autocomplete
                    autocapitalize="none"
                    spellcheck="false"
                    aria-required="true"
                    aria-invalid=invalid(&id.into(), error)
                    aria-describedby=described
                />
                <Show when=move || live.get()>
                    <button
                        type="button"
                        class="btn"
                        aria-controls=id
                        on:click=move |_| set_shown.update(|shown| *shown = !*shown)
                    >
                        <span inner_html=move || if shown.get() { "Hide" } else { "Show" }></span>
                        <span class="sr-only">" " {label.to_lowercase()}</span>
                    </button>
                </Show>
            </div>
        </div>
    }
}
