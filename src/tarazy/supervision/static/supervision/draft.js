/* SPDX-License-Identifier: EUPL-1.2 */
/* The form of a court's document: more demands, the size of the scan, the week beside the hours. */

import { weeks } from "./week.js";

const form = document.getElementById("draft-form");
const scan = document.getElementById("id_scan");
const demands = document.getElementById("demands");
const template = document.getElementById("demand-template");
const more = document.getElementById("more-demands");
const total = form.querySelector("[name=demands-TOTAL_FORMS]");
const most = Number(form.querySelector("[name=demands-MAX_NUM_FORMS]").value);

/* Said before the upload begins: the server would refuse it, but only after minutes. */
scan.addEventListener("change", () => {
  const large = scan.files[0] && scan.files[0].size > Number(scan.dataset.bytesMax);
  scan.setCustomValidity(large ? scan.dataset.tooLarge : "");
  scan.reportValidity();
});

more.hidden = false;
more.addEventListener("click", () => {
  const number = Number(total.value);
  if (number >= most) return;
  const row = document.createElement("div");
  row.innerHTML = template.innerHTML.replaceAll("__prefix__", number);
  demands.append(...row.children);
  total.value = number + 1;
  weeks(demands.lastElementChild);
  demands.lastElementChild.querySelector("select, input").focus();
});

weeks(demands);
document.getElementById("form-wrong")?.scrollIntoView({ block: "center" });
form.querySelector("[aria-invalid=true]")?.focus();
