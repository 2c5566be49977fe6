const html = document.documentElement;
const isOurs = () => !html.hasAttribute("data-handed-over");
const handOver = (why) => isOurs() && html.setAttribute("data-handed-over", why);
const here = () => location.pathname + location.search;
const heading = () => document.querySelector("h1");
let shown, last;
const watched = "a[href], button:not([type=button]), input[type=submit]";
for (const type of ["click", "submit", "popstate"])
    addEventListener(type, (event) => {
        if (type === "click" && !event.target.closest?.(watched)) return;
        if (isOurs()) {
            last = { event, heading: heading() };
            return;
        }
        event.stopImmediatePropagation();
        if (type === "popstate" && here() !== shown) location.reload();
    }, true);
new MutationObserver(() => {
    shown = here();
    if (html.dataset.handedOver !== "broken" || !last) return;
    const { event } = last;
    const isUnanswered = event.defaultPrevented || event.type === "popstate";
    const isRecent = performance.now() - event.timeStamp < 10000;
    if (!isUnanswered || !isRecent || heading() !== last.heading) return;
    const link = event.type === "click" && event.target.closest("a[href]");
    if (link) location.assign(link.href);
    else location.reload();
}).observe(html, { attributeFilter: ["data-handed-over"] });
const failed = ({ error, reason }) => (error ?? reason) instanceof WebAssembly.RuntimeError && handOver("broken");
addEventListener("error", failed);
addEventListener("unhandledrejection", failed);
addEventListener("DOMContentLoaded", () => {
    const nav = document.querySelector(".site-nav a");
    const isForeign = ({ target, addedNodes }) =>
        nav?.contains(target) || [...addedNodes].some((node) => node.nodeName === "FONT");
    new MutationObserver((records) => records.some(isForeign) && handOver("altered"))
        .observe(document.body, { childList: true, subtree: true });
    if (document.querySelector("font")) handOver("altered");
    const run = () => isOurs() && document.head.append(document.getElementById("modules").content);
    new PerformanceObserver((list) => {
        if (list.getEntriesByName("first-contentful-paint").length > 0) run();
    }).observe({ type: "paint", buffered: true });
    setTimeout(run, 2000);
});
