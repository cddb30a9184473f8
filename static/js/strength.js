// A word on the strength of a password while it is typed. The server decides: it also knows the common ones.

export function improve(field) {
  const shown = document.getElementById(field.dataset.strength);
  const words = shown.dataset.words.split("|");
  field.addEventListener("input", () => {
    const rank = rankOf(field.value);
    shown.dataset.rank = rank;
    shown.textContent = field.value ? words[rank] : "";
  });
}

// 0 too short, 1 weak, 2 fair, 3 strong: by length and by how many different characters there are.
function rankOf(password) {
  const letters = [...password];
  if (letters.length < 10) return 0;
  const different = new Set(letters).size;
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\d/, /[^\p{L}\d]/u, /\p{Lo}/u].filter((kind) => kind.test(password)).length;
  if (different < 6 || /^\d+$/.test(password)) return 1;
  return letters.length >= 16 || (letters.length >= 12 && kinds >= 3) ? 3 : 2;
}
