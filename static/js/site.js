// Loads the small module that a data- attribute asks for, and does the three things every page wants.
// Each page works without any of it.

const modules = {
  "[data-auto-post]": "auto-post",
  "[data-auto-submit]": "auto-submit",
  "[data-stepper]": "stepper",
  "[data-power-cost]": "power-cost",
  "[data-strength]": "strength",
};

for (const [selector, name] of Object.entries(modules)) {
  const found = document.querySelectorAll(selector);
  if (found.length) import(`./${name}.js`).then((module) => found.forEach(module.improve));
}

// Suggestions are fetched only once somebody begins to search.
for (const field of document.querySelectorAll("[data-suggestions]")) {
  const load = () => import("./suggestions.js").then((module) => module.improve(field));
  if (field === document.activeElement) load();
  else field.addEventListener("focus", load, { once: true });
}

// A form is sent once: the second press of an impatient finger is dropped. Coming back by the Back button frees it.
for (const form of document.querySelectorAll("[data-submit-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    for (const button of form.querySelectorAll("[type=submit]")) button.setAttribute("aria-disabled", "true");
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[type=submit]")) button.removeAttribute("aria-disabled");
  }
});

// The menu closes by Escape and by a press anywhere else.
for (const menu of document.querySelectorAll("[data-menu]")) {
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  addEventListener("pointerdown", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
}

document.querySelector("[data-error-summary]")?.focus();
