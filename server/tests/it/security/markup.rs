//! Parses a page as a browser does, and finds active content.

use html5ever::{parse_document, tendril::TendrilSink};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

/// Elements that no page of this site has.
const FORBIDDEN: [&str; 12] = [
    "iframe",
    "frame",
    "frameset",
    "object",
    "embed",
    "applet",
    "base",
    "style",
    "template",
    "marquee",
    "math",
    "foreignobject",
];
/// Attributes with URLs that a browser loads or opens.
const URLS: [&str; 11] = [
    "href",
    "src",
    "action",
    "formaction",
    "xlink:href",
    "srcset",
    "poster",
    "data",
    "background",
    "cite",
    "ping",
];

/// The scripts of a page, and its faults.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// The number of scripts with the nonce of the page.
    pub(super) scripts: usize,
    pub(super) faults: Vec<String>,
}

/// Inspects a page whose scripts carry `nonce`.
pub(super) fn inspect(html: &str, nonce: &str) -> Findings {
    let dom = parse_document(RcDom::default(), Default::default()).one(html);
    let mut findings = Findings::default();
    walk(&dom.document, "", nonce, &mut findings);
    findings
}

fn walk(node: &Handle, parent: &str, nonce: &str, findings: &mut Findings) {
    let mut here = String::new();
    if let NodeData::Element { name, attrs, template_contents, .. } = &node.data {
        let element = name.local.to_lowercase();
        let mut own_nonce = None;
        let mut is_own_template = false;
        for attribute in attrs.borrow().iter() {
            let (name, value) = (attribute.name.local.to_lowercase(), &*attribute.value);
            // Its content, which waits until the page is painted, is inspected too.
            is_own_template |= parent == "head" && name == "id" && value == "code";
            if name == "nonce" {
                own_nonce = Some(value.to_owned());
            }
            if name.starts_with("on") || name == "style" || name == "srcdoc" {
                findings.faults.push(format!("<{element} {name}={value:?}>"));
            }
            if URLS.contains(&&*name) && !is_harmless(value) {
                findings.faults.push(format!("<{element} {name}={value:?}>"));
            }
            if element == "meta" && name == "http-equiv" {
                findings.faults.push(format!("<meta http-equiv={value:?}>"));
            }
        }
        match &*element {
            "script" if own_nonce.as_deref() == Some(nonce) => findings.scripts += 1,
            "script" => findings.faults.push("<script> without the nonce".to_owned()),
            "template" if is_own_template => {}
            element if FORBIDDEN.contains(&element) => findings.faults.push(format!("<{element}>")),
            _ => {}
        }
        if let Some(contents) = template_contents.borrow().as_ref() {
            walk(contents, &element, nonce, findings);
        }
        here = element;
    }
    for child in node.children.borrow().iter() {
        walk(child, &here, nonce, findings);
    }
}

/// Whether the URL is relative, http(s) or mailto. Browsers ignore white space and control
/// characters in a scheme.
fn is_harmless(address: &str) -> bool {
    let bare: String = address.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    let bare = bare.to_lowercase();
    let scheme = bare.split(['/', '?', '#']).next().unwrap_or_default();
    match scheme.split_once(':') {
        Some((scheme, _)) => matches!(scheme, "http" | "https" | "mailto"),
        None => true,
    }
}

#[test]
fn active_markup_is_found() {
    for bad in [
        "<script>x</script>",
        "<img src=x onerror=x>",
        "<a href=' java\tscript:x'>",
        "<svg><a xlink:href='javascript:x'>",
        "<iframe>",
        "<p style='x'>",
        "<form><button formaction='data:x'>",
        "<meta http-equiv=refresh>",
        "<svg/onload=x>",
        "<p><template id=code></template>",
        "<template></template>",
        "<template id=code><script>x</script></template>",
    ] {
        assert!(!inspect(bad, "n").faults.is_empty(), "{bad}");
    }
    for good in [
        "<script nonce=n>x</script>",
        "<a href='/x:y'>",
        "&lt;script>",
        "<a href='#a:b'>",
        "<template id=code><script nonce=n>x</script></template>",
    ] {
        assert!(inspect(good, "n").faults.is_empty(), "{good}");
    }
}
