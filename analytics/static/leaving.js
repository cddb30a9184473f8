// Tells the counting house how the page was left.
const t = document.querySelector("[data-leaving]").dataset.leaving;
let since, n = 0, led = [];

function tell() {
  if (since == null) return;
  const s = (performance.now() - since) | 0;
  const l = performance.getEntriesByType("navigation")[0]?.loadEventEnd | 0;
  navigator.sendBeacon("/m/t", new URLSearchParams([["t", t], ["n", n++], ["s", s], ["l", l], ...led]));
  since = null;
  led = [];
}

function turn() {
  if (document.hidden) tell();
  else since ??= performance.now();
}

function follow({ target }) {
  const a = target.closest("a[href]");
  const end = a?.pathname.match(/\.(pdf|csv|zip|json|xlsx?|docx?)$/i);
  if (a && a.host !== location.host) led.push(["o", a.hostname]);
  else if (end || a?.hasAttribute("download")) led.push(["d", end?.[1] ?? "other"]);
}

turn();
for (const [on, act] of Object.entries({ visibilitychange: turn, pagehide: tell, click: follow, auxclick: follow }))
  addEventListener(on, act);
