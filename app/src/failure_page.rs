//! Failures outside of the pages: a panic, a timeout, a form that is too large.

use domain::PublicError;
use http::request::Parts;
use leptos::prelude::*;

use crate::{
    components::{FailureText, Mark, RequestId, Theme, failure_text},
    error::Failure,
    shell::DocumentHead,
};

/// The document for a failure outside of the pages, in the same design. It loads no code.
pub fn failure_page(options: LeptosOptions, request: Parts, error: PublicError) -> String {
    let document = move || {
        // The request holds the cookie of the theme and its id.
        provide_context(request);
        let Failure(error) = error.into();
        let FailureText { title, advice } = failure_text(&error);
        let theme = Theme::current();
        view! {
            <!DOCTYPE html>
            <html lang="en" data-theme=theme.attribute()>
                <head>
                    <meta charset="utf-8" />
                    <meta name="viewport" content="width=device-width, initial-scale=1" />
                    <title>{format!("{title} – Mini Compete")}</title>
                    <DocumentHead options theme />
                </head>
                <body>
                    <header class="site-head">
                        <div class="site-width">
                            <a href="/" class="brand">
                                <Mark />
                                "Mini Compete"
                            </a>
                        </div>
                    </header>
                    <main id="main" class="site-width site-main">
                        <div class="failure">
                            <p class="failure-code">{error.code.status()}</p>
                            <h1 class="heading">{title}</h1>
                            <p class="max-w-prose text-lg">{advice}</p>
                            <p>
                                <a class="btn btn-primary" href="/competitions">
                                    "See all competitions"
                                </a>
                            </p>
                            <RequestId id=error.request_id />
                        </div>
                    </main>
                </body>
            </html>
        }
        .to_html()
    };
    Owner::new().with(document)
}
