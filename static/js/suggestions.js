// A list under the search field: what was searched for before, then what one types. The server answers with ready <li><a> items; links stay links.

export function improve(field) {
  const list = document.createElement("ul");
  let pending, timer, options = [], chosen = -1;
  list.className = "suggestions";
  list.id = `${field.id}-suggestions`;
  list.role = "listbox";
  list.ariaLabel = field.labels[0]?.textContent ?? "";
  list.hidden = true;
  field.after(list);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]]) {
    field.setAttribute(name, value);
  }

  const show = (open) => {
    list.hidden = !open;
    field.setAttribute("aria-expanded", String(open));
    if (!open) mark(-1);
  };
  const mark = (index) => {
    chosen = index;
    options.forEach((option, n) => option.setAttribute("aria-selected", String(n === index)));
    if (index < 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", options[index].id);
  };
  const still = () => {
    clearTimeout(timer);
    pending?.abort();
  };
  const ask = async () => {
    still();
    const text = field.value.trim();
    pending = new AbortController();
    try {
      const answer = await fetch(`${field.dataset.suggestions}?q=${encodeURIComponent(text)}`, { signal: pending.signal });
      if (!answer.ok) return show(false);
      list.innerHTML = await answer.text();
    } catch {
      return; // a newer question took its place, or the line is down: the search button still works
    }
    options = [...list.querySelectorAll("a")];
    options.forEach((option, n) => {
      option.closest("li").role = "none";
      option.id = `${list.id}-${n}`;
      option.role = "option";
      option.tabIndex = -1;
    });
    mark(-1);
    show(options.length > 0);
  };

  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 120); });
  field.addEventListener("keydown", (event) => {
    const last = options.length - 1;
    if (list.hidden) return;
    if (event.key.startsWith("Arrow")) still(); // whoever chooses has a list that stays
    if (event.key === "Escape") show(false); // without this the browser would empty the field
    else if (event.key === "ArrowDown") mark(chosen < last ? chosen + 1 : 0);
    else if (event.key === "ArrowUp") mark(chosen > 0 ? chosen - 1 : last);
    else if (event.key === "Enter" && chosen >= 0) options[chosen].click();
    else return;
    event.preventDefault();
  });
  field.addEventListener("blur", () => setTimeout(() => show(false), 150));
  field.addEventListener("focus", () => { if (!field.value) ask(); }); // what was searched for before
  if (!field.value || field.value !== field.defaultValue) ask(); // or somebody typed while this module was on its way
}
