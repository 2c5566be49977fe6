//! Numbered pages, as links.

use leptos::{either::Either, prelude::*};

use super::EmptyState;

/// The number of linked neighbours of the current page, on each side.
const NEIGHBOURS: u64 = 2;

/// `, page 2 of 3`: follows the number of entries. Empty for a single page and after the last page.
pub(crate) fn page_words(page: u64, pages: u64) -> String {
    if pages > 1 && page <= pages { format!(", page {page} of {pages}") } else { String::new() }
}

/// Links to the pages of a list; nothing for a single page.
#[component]
pub(crate) fn Pagination(
    /// The current page, counted from 1.
    page: u64,
    /// The number of pages.
    pages: u64,
    /// The address of a page.
    href: impl Fn(u64) -> String + Send + 'static,
) -> impl IntoView {
    (pages > 1).then(move || {
        let previous = (page > 1).then(|| {
            view! { <li><a class="btn" rel="prev" href=href(page - 1)>"Previous"</a></li> }
        });
        let next = (page < pages).then(|| {
            view! { <li><a class="btn" rel="next" href=href(page + 1)>"Next"</a></li> }
        });
        let numbers = numbers(page, pages).into_iter().map(|entry| match entry {
            Some(number) => Either::Left(view! {
                <li>
                    <a
                        class="btn tabular-nums"
                        class:btn-primary=number == page
                        aria-label=format!("Page {number}")
                        aria-current=(number == page).then_some("page")
                        href=href(number)
                    >
                        {number}
                    </a>
                </li>
            }),
            None => Either::Right(view! { <li class="px-1" aria-hidden="true">"…"</li> }),
        });
        view! {
            <nav aria-label="Pages" class="mt-8">
                <ul class="flex flex-wrap items-center justify-center gap-2">
                    {previous} {numbers.collect_view()} {next}
                </ul>
            </nav>
        }
    })
}

/// The message for a page number after the last page, when the list has become shorter.
#[component]
pub(crate) fn PastTheEnd(
    /// The address of the first page.
    first: String,
) -> impl IntoView {
    view! {
        <EmptyState title="Page not found">
            <p>"This list has fewer pages."</p>
            <a class="btn btn-primary" href=first>"Go to the first page"</a>
        </EmptyState>
    }
}

/// The first page, the last, the current one and its neighbours; `None` where some are left out.
fn numbers(page: u64, pages: u64) -> Vec<Option<u64>> {
    let near = page.saturating_sub(NEIGHBOURS).max(1)..=(page + NEIGHBOURS).min(pages);
    let mut shown: Vec<u64> = std::iter::once(1).chain(near).chain([pages]).collect();
    shown.sort_unstable();
    shown.dedup();
    let mut entries = Vec::new();
    let mut before = 0;
    for number in shown {
        if number > before + 1 {
            entries.push(None);
        }
        entries.push(Some(number));
        before = number;
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(page: u64, pages: u64) -> String {
        let entry = |entry: Option<u64>| entry.map_or("…".into(), |number| number.to_string());
        numbers(page, pages).into_iter().map(entry).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn far_pages_are_left_out() {
        assert_eq!(text(1, 3), "1 2 3");
        assert_eq!(text(5, 9), "1 … 3 4 5 6 7 … 9");
        assert_eq!(text(9, 9), "1 … 7 8 9");
        assert_eq!(text(40, 9), "1 … 9");
    }
}
