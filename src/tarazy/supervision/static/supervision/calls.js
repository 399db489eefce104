/* SPDX-License-Identifier: EUPL-1.2 */
/* New alerts are called out: a sound, a number in the title, words for screen readers. */

import { words } from "./map.js";

/* Gives back what takes the list of alerts that call, as each live message has it. */
export function caller(beep) {
  const announcer = document.getElementById("announcer");
  const title = document.title;
  let known = null;
  return (waiting) => {
    // What becomes late, or was over and goes on again, calls anew, though it was known.
    const keyOf = (one) => `${one.id} ${one.late}`;
    const fresh = known ? waiting.filter((one) => !known.has(keyOf(one)) || (known.get(keyOf(one)) && !one.over)) : [];
    known = new Map(waiting.map((one) => [keyOf(one), one.over]));
    const urgent = waiting.filter((one) => one.severity === "critical" || one.late).length;
    document.title = waiting.length ? `${urgent ? `▲${urgent} ` : ""}(${waiting.length}) ${title}` : title;
    if (fresh.some((one) => one.severity === "critical" || one.late)) beep();
    if (fresh.length) announcer.textContent = fresh.map((one) => `${words.newAlert} ${one.sentence}`).join(". ");
  };
}
