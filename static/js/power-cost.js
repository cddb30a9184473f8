// Power cost per day while the price per kWh is typed: watts * 24 h / 1000 * price. The server answers the same form.

export function improve(form) {
  const price = form.querySelector("input:not([type=hidden])");
  const cost = form.querySelector("output");
  const yuan = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  price.addEventListener("input", () => {
    const typed = price.value.normalize("NFKC").trim();
    if (!/^\d{1,3}(\.\d{1,4})?$/.test(typed)) return;
    cost.textContent = `¥${yuan.format((Number(form.dataset.watts) * 24 * Number(typed)) / 1000)}`;
  });
}
