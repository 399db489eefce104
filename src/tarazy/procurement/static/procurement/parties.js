// SPDX-License-Identifier: EUPL-1.2
// Keys for deciding pair after pair: J and K move, a digit chooses; without a reason its field is asked for.
const pairs = [...document.querySelectorAll("[data-pair]")];
const current = () => pairs.findIndex((one) => one.contains(document.activeElement));

function go(to) {
  const one = pairs[Math.max(0, Math.min(pairs.length - 1, to))];
  one?.focus();
  one?.scrollIntoView({ block: "nearest" });
}

let waiting = null;
document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input, textarea, select");
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing && event.key === "Enter" && waiting?.form?.contains(event.target)) {
    event.preventDefault();
    waiting.form.requestSubmit(waiting);
    return;
  }
  if (typing) return;
  if (event.code === "KeyJ") go(current() + 1);
  else if (event.code === "KeyK") go(current() - 1);
  else {
    const pair = pairs[Math.max(0, current())];
    const button = pair?.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!button) return;
    event.preventDefault();
    waiting = button;
    const why = button.form.elements.why;
    for (const one of button.form.querySelectorAll("[data-key]")) one.classList.toggle("chosen", one === button);
    if (why.value.trim()) button.form.requestSubmit(button);
    else why.focus();
  }
});
