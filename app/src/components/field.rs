//! Fields of forms: a label, a hint, an error and the input.

use leptos::{html::Input, prelude::*};

use crate::form::FormError;

/// The `aria-describedby` of a field: its hint, if it has one, and its error.
fn describe(id: &str, has_hint: bool) -> String {
    if has_hint { format!("{id}-hint {id}-error") } else { format!("{id}-error") }
}

/// The error of the field `id`, beside it.
#[component]
pub(crate) fn FieldError(
    /// The name of the field in errors.
    id: &'static str,
    /// The error of the form.
    error: FormError,
) -> impl IntoView {
    let words = move || error.with(|error| Some(error.as_ref()?.about(id)?.to_owned()));
    view! {
        <p id=format!("{id}-error") class="text-sm font-semibold text-error empty:hidden">
            {words}
        </p>
    }
}

/// `true` while the field has an error.
fn invalid(id: &'static str, error: FormError) -> impl Fn() -> Option<&'static str> + Copy {
    move || {
        let wrong = error.with(|error| error.as_ref().is_some_and(|p| p.about(id).is_some()));
        wrong.then_some("true")
    }
}

/// A label above its field.
#[component]
fn Label(
    id: &'static str,
    label: &'static str,
    #[prop(optional_no_strip)] hint: Option<String>,
) -> impl IntoView {
    view! {
        <label for=id class="font-semibold">{label}</label>
        {hint
            .map(|hint| {
                view! { <p id=format!("{id}-hint") class="text-sm text-muted">{hint}</p> }
            })}
    }
}

/// One line of text.
#[component]
pub(crate) fn Field(
    /// The name of the field in errors, and its id on the page.
    id: &'static str,
    /// The name of the field in the form; `id` by default.
    #[prop(default = id)]
    name: &'static str,
    /// The label.
    label: &'static str,
    /// The hint.
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
    /// The initial value.
    #[prop(into)]
    value: String,
    /// The error of the form.
    error: FormError,
) -> impl IntoView {
    let described = describe(id, hint.is_some());
    view! {
        <div class="grid gap-1.5">
            <Label id label hint />
            <FieldError id error />
            <input
                class="input"
                id=id
                name=name
                type=kind
                inputmode=inputmode
                list=list
                autocomplete=autocomplete
                aria-required=required.then_some("true")
                aria-invalid=invalid(id, error)
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
    id: &'static str,
    /// The name of the field in the form.
    name: &'static str,
    /// The label.
    label: &'static str,
    /// The hint.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Whether the field is required.
    #[prop(default = true)]
    required: bool,
    /// The initial value.
    value: String,
    /// The error of the form.
    error: FormError,
) -> impl IntoView {
    let described = describe(id, hint.is_some());
    view! {
        <div class="grid gap-1.5">
            <Label id label hint />
            <FieldError id error />
            <textarea
                class="textarea"
                id=id
                name=name
                rows="8"
                aria-required=required.then_some("true")
                aria-invalid=invalid(id, error)
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
    id: &'static str,
    /// The name of the field in the form.
    name: &'static str,
    /// The label.
    label: &'static str,
    /// The hint.
    #[prop(optional, into)]
    hint: Option<String>,
    /// The error of the form.
    error: FormError,
    /// The choices.
    children: Children,
) -> impl IntoView {
    let described = describe(id, hint.is_some());
    view! {
        <div class="grid gap-1.5">
            <Label id label hint />
            <FieldError id error />
            <select
                class="select"
                id=id
                name=name
                aria-invalid=invalid(id, error)
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
            <Label id label hint />
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
                    aria-invalid=invalid(id, error)
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
