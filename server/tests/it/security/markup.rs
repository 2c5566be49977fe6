//! Parses a page as a browser does, and finds active content.

use base64::{Engine, prelude::BASE64_STANDARD};
use html5ever::{parse_document, tendril::TendrilSink};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use sha2::{Digest, Sha256};

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
    /// The number of scripts that the policy of the page allows.
    pub(super) scripts: usize,
    pub(super) faults: Vec<String>,
}

/// Inspects a page whose scripts its `policy` allows by their nonce or by their hash.
pub(super) fn inspect(html: &str, policy: &str) -> Findings {
    let dom = parse_document(RcDom::default(), Default::default()).one(html);
    let mut findings = Findings::default();
    walk(&dom.document, "", policy, &mut findings);
    findings
}

fn walk(node: &Handle, parent: &str, policy: &str, findings: &mut Findings) {
    let mut here = String::new();
    if let NodeData::Element { name, attrs, template_contents, .. } = &node.data {
        let element = name.local.to_lowercase();
        let mut nonce = None;
        let mut is_own_template = false;
        for attribute in attrs.borrow().iter() {
            let (name, value) = (attribute.name.local.to_lowercase(), &*attribute.value);
            // Its content, which waits until the page is painted, is inspected too.
            is_own_template |= parent == "head" && name == "id" && value == "modules";
            if name == "nonce" {
                nonce = Some(value.to_owned());
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
            "script" if is_allowed(node, nonce.as_deref(), policy) => findings.scripts += 1,
            "script" => findings.faults.push("<script> that may not run".to_owned()),
            "template" if is_own_template => {}
            element if FORBIDDEN.contains(&element) => findings.faults.push(format!("<{element}>")),
            _ => {}
        }
        if let Some(contents) = template_contents.borrow().as_ref() {
            walk(contents, &element, policy, findings);
        }
        here = element;
    }
    for child in node.children.borrow().iter() {
        walk(child, &here, policy, findings);
    }
}

fn is_allowed(script: &Handle, nonce: Option<&str>, policy: &str) -> bool {
    if let Some(nonce) = nonce {
        return policy.contains(&format!("'nonce-{nonce}'"));
    }
    let children = script.children.borrow();
    let text: String = children
        .iter()
        .filter_map(|child| match &child.data {
            NodeData::Text { contents } => Some(contents.borrow().to_string()),
            _ => None,
        })
        .collect();
    policy.contains(&format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text))))
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

/// Allows scripts with the nonce `n`, and the script `y`.
#[cfg(test)]
const POLICY: &str = "script-src 'nonce-n' 'sha256-ofzkNjhU/4iM/0uOeHXWAMJoI5BBKoz3mzfQsRFIsPo='";

#[test]
fn active_markup_is_found() {
    for bad in [
        "<script>x</script>",
        "<script nonce=m>x</script>",
        "<script nonce>y</script>",
        "<img src=x onerror=x>",
        "<a href=' java\tscript:x'>",
        "<svg><a xlink:href='javascript:x'>",
        "<iframe>",
        "<p style='x'>",
        "<form><button formaction='data:x'>",
        "<meta http-equiv=refresh>",
        "<svg/onload=x>",
        "<p><template id=modules></template>",
        "<template></template>",
        "<template id=modules><script>x</script></template>",
    ] {
        assert!(!inspect(bad, POLICY).faults.is_empty(), "{bad}");
    }
    for good in [
        "<script nonce=n>x</script>",
        "<script>y</script>",
        "<a href='/x:y'>",
        "&lt;script>",
        "<a href='#a:b'>",
        "<template id=modules><script nonce=n>x</script></template>",
    ] {
        assert!(inspect(good, POLICY).faults.is_empty(), "{good}");
    }
}
