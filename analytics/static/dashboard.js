// Improves the dashboard: the figures of the last minutes come anew, and a tab changes its own place alone.
const EVERY_MS = 30_000;

async function refresh(line) {
  if (document.hidden) return;
  const answer = await fetch(line.dataset.countNow, { headers: { Accept: "application/json" } });
  if (!answer.ok || answer.redirected) return;
  for (const [name, number] of Object.entries(await answer.json())) {
    const place = line.querySelector(`[data-count="${name}"]`);
    if (place) place.textContent = number.toLocaleString("en");
  }
}

function withTab(url, group, name) {
  if (name) url.searchParams.set(group, name);
  else url.searchParams.delete(group);
  return url;
}

async function change(tab) {
  const place = tab.closest("section");
  const wanted = new URL(tab.href).searchParams.get(place.id);
  const here = withTab(new URL(location), place.id, wanted);
  const answer = await fetch(tab.dataset.countPart + here.search);
  if (!answer.ok || answer.redirected) return location.assign(tab.href);
  const made = document.createElement("template");
  made.innerHTML = await answer.text();
  const fresh = made.content.querySelector("section");
  history.replaceState(null, "", here);
  place.replaceWith(fresh);
  for (const link of document.querySelectorAll("main a[href*='?']")) {
    if (fresh.contains(link)) continue;
    if (new URL(link.href).pathname.startsWith(location.pathname)) link.href = withTab(new URL(link.href), fresh.id, wanted);
  }
  fresh.querySelector("[data-count-part][aria-current]")?.focus();
}

for (const line of document.querySelectorAll("[data-count-now]")) {
  setInterval(() => refresh(line).catch(() => {}), EVERY_MS);
}

document.addEventListener("click", (event) => {
  const tab = event.target.closest?.("a[data-count-part]");
  if (!tab || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  change(tab).catch(() => location.assign(tab.href));
});
