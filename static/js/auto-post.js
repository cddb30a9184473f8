// Carries the buyer on to the payment institution. Who comes back by the Back button stays: this entry of the browser's
// history remembers that the form went.

export function improve(form) {
  if (history.state?.posted) return;
  history.replaceState({ posted: true }, "");
  form.requestSubmit();
}
