// Filters take effect at a press of mouse or finger. Who moves by keyboard keeps the place and presses the button.

export function improve(form) {
  let byPointer = false;
  form.addEventListener("pointerdown", () => { byPointer = true; });
  form.addEventListener("keydown", () => { byPointer = false; });
  form.addEventListener("change", (event) => {
    if (byPointer && event.target.matches("[type=checkbox], [type=radio], select")) form.requestSubmit();
  });
  form.addEventListener("submit", () => {
    for (const field of form.querySelectorAll("input")) field.disabled ||= field.value === "";
  });
  addEventListener("pageshow", () => {
    for (const field of form.querySelectorAll("input:disabled")) field.disabled = false;
  });
}
