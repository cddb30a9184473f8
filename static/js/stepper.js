// Puts - and + beside a number box, in steps of its own step, within its own limits.

export function improve(box) {
  const field = box.querySelector("input");
  const button = (sign, label, move) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "stepper__button";
    made.textContent = sign;
    made.setAttribute("aria-label", `${label}: ${field.getAttribute("aria-label")}`);
    made.addEventListener("click", () => {
      move();
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
    return made;
  };
  field.before(button("−", box.dataset.fewer, () => field.stepDown()));
  field.after(button("+", box.dataset.more, () => field.stepUp()));
}
