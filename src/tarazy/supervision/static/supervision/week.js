/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A week of hours beside a text field: drag over it, or use the keyboard. The field's lines are the
 * truth that is sent; the grid reads them and writes them. A night is one stretch: Mon 22:00-06:00.
 */

const HOURS = 24;
const DAYS = 7;
const WEEK = HOURS * DAYS;
const words = document.getElementById("week-words");
const names = words ? words.content.textContent.trim().split("|") : [];

/* Lines -> minutes of the week that apply; null where a line is not understood. */
function read(text) {
  const parts = [];
  for (const line of text.split("\n").map((one) => one.trim()).filter(Boolean)) {
    const whole = line.toLowerCase().endsWith(words.dataset.wholeDay.toLowerCase());
    const found = whole ? [line, line.slice(0, -words.dataset.wholeDay.length), "00:00", "24:00"] : line.match(/^(.+?)\s+(\d{1,2}:\d\d)\s*[-–—]\s*(\d{1,2}:\d\d)$/);
    const days = found && daysOf(found[1].trim());
    if (!days?.length) return null;
    const [start, end] = [minutes(found[2]), minutes(found[3])];
    for (const day of days) parts.push([day * 1440 + start, day * 1440 + (end > start ? end : end + 1440)]);
  }
  return parts;
}

function minutes(clock) {
  const [hour, minute] = clock.split(":").map(Number);
  return hour * 60 + minute;
}

function daysOf(text) {
  const lower = text.toLowerCase();
  if (lower === words.dataset.everyDay.toLowerCase()) return [...Array(DAYS).keys()];
  const known = names.map((name) => name.toLowerCase());
  const number = (name) => (/^[1-7]$/.test(name) ? Number(name) - 1 : known.indexOf(name));
  const chosen = new Set();
  for (const part of lower.replace(/\s*[-–—]\s*/g, "-").split(/[,\s]+/)) {
    const [first, last = first] = part.split("-").map(number);
    if (first < 0 || last < 0 || Number.isNaN(first) || Number.isNaN(last)) return [];
    for (let day = first; ; day = (day + 1) % DAYS) {
      chosen.add(day);
      if (day === last) break;
    }
  }
  return [...chosen];
}

/* Marked hours -> lines; stretches that go on over midnight stay whole, equal days are joined. */
function write(marked) {
  if (marked.every((one) => !one)) return "";
  if (marked.every(Boolean)) return `${words.dataset.everyDay} ${words.dataset.wholeDay}`;
  const groups = new Map();
  for (let hour = 0; hour < WEEK; hour += 1) {
    if (!marked[hour] || marked[(hour + WEEK - 1) % WEEK]) continue;
    let length = 1;
    while (marked[(hour + length) % WEEK]) length += 1;
    for (const [day, start, end] of stretches(hour, length)) {
      const key = `${start}-${end}`;
      groups.set(key, [...(groups.get(key) ?? []), day]);
    }
  }
  return [...groups].map(([hours, days]) => `${daysText(days)} ${hours === "00:00-24:00" ? words.dataset.wholeDay : hours}`).join("\n");
}

function stretches(hour, length) {
  const found = [];
  let left = length;
  let at = hour;
  while (left > 0) {
    const start = at % HOURS;
    const taken = start === 0 ? Math.min(left, HOURS) : left <= HOURS ? left : HOURS - start;
    const end = start + taken;
    found.push([Math.floor(at / HOURS) % DAYS, clock(start), clock(end > HOURS ? end - HOURS : end)]);
    at = (at + taken) % WEEK;
    left -= taken;
  }
  return found;
}

function clock(hour) {
  return `${String(hour).padStart(2, "0")}:00`;
}

function daysText(days) {
  const sorted = [...new Set(days)].sort((a, b) => a - b);
  if (sorted.length === DAYS) return words.dataset.everyDay;
  const runs = [];
  for (const day of sorted) {
    if (runs.length && day === runs.at(-1).at(-1) + 1) runs.at(-1).push(day);
    else runs.push([day]);
  }
  return runs.map((run) => (run.length > 1 ? `${names[run[0]]}-${names[run.at(-1)]}` : names[run[0]])).join(", ");
}

class Week {
  constructor(field) {
    this.field = field;
    this.marked = Array(WEEK).fill(false);
    this.box = document.createElement("details");
    const summary = document.createElement("summary");
    summary.textContent = words.dataset.title;
    const help = document.createElement("p");
    help.className = "helptext";
    help.textContent = words.dataset.help;
    this.said = document.createElement("p");
    this.said.className = "helptext";
    this.said.setAttribute("role", "status");
    const frame = document.createElement("div");
    frame.className = "week";
    frame.append(this.table());
    this.box.append(summary, help, frame, this.said);
    field.after(this.box);
    field.addEventListener("input", () => this.readField());
    this.readField();
  }

  table() {
    const table = document.createElement("table");
    table.setAttribute("role", "grid");
    table.setAttribute("aria-label", words.dataset.title);
    table.setAttribute("aria-multiselectable", "true");
    const head = table.createTHead().insertRow();
    head.append(document.createElement("td"));
    for (let hour = 0; hour < HOURS; hour += 1) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = hour;
      head.append(cell);
    }
    const body = table.createTBody();
    this.cells = [];
    for (let day = 0; day < DAYS; day += 1) {
      const row = body.insertRow();
      const name = document.createElement("th");
      name.scope = "row";
      name.textContent = names[day];
      row.append(name);
      for (let hour = 0; hour < HOURS; hour += 1) {
        const cell = row.insertCell();
        cell.tabIndex = day || hour ? -1 : 0;
        cell.dataset.hour = day * HOURS + hour;
        cell.setAttribute("aria-label", `${names[day]} ${clock(hour)}-${clock(hour + 1)}`);
        this.cells.push(cell);
      }
    }
    body.addEventListener("pointerdown", (event) => this.begin(event));
    body.addEventListener("pointermove", (event) => this.drag(event));
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => this.end());
    body.addEventListener("keydown", (event) => this.key(event));
    return table;
  }

  begin(event) {
    const cell = event.target.closest("td[data-hour]");
    if (!cell) return;
    event.preventDefault();
    cell.focus();
    this.from = Number(cell.dataset.hour);
    this.to = !this.marked[this.from];
    this.before = [...this.marked];
    this.fill(this.from);
  }

  drag(event) {
    if (this.from === undefined) return;
    const cell = document.elementFromPoint(event.clientX, event.clientY)?.closest("td[data-hour]");
    if (cell) this.fill(Number(cell.dataset.hour));
  }

  end() {
    if (this.from === undefined) return;
    this.from = undefined;
    this.writeField();
  }

  /* The rectangle of days and hours between where it began and here. */
  fill(until) {
    const [days, hours] = [[this.from, until].map((n) => Math.floor(n / HOURS)), [this.from, until].map((n) => n % HOURS)];
    this.marked = this.before.map((one, n) => {
      const [day, hour] = [Math.floor(n / HOURS), n % HOURS];
      const inside = day >= Math.min(...days) && day <= Math.max(...days) && hour >= Math.min(...hours) && hour <= Math.max(...hours);
      return inside ? this.to : one;
    });
    this.show();
  }

  key(event) {
    const at = Number(event.target.dataset.hour);
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: HOURS, ArrowUp: -HOURS }[event.key];
    if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      this.marked[at] = !this.marked[at];
      this.to = this.marked[at];
    } else if (step && at + step >= 0 && at + step < WEEK) {
      event.preventDefault();
      event.target.tabIndex = -1;
      const next = this.cells[at + step];
      next.tabIndex = 0;
      next.focus();
      if (!event.shiftKey) return;
      this.marked[at + step] = this.marked[at];
    } else return;
    this.show();
    this.writeField();
  }

  show() {
    this.cells.forEach((cell, n) => cell.setAttribute("aria-selected", String(this.marked[n])));
  }

  readField() {
    const parts = read(this.field.value);
    this.said.textContent = parts ? "" : words.dataset.unread;
    this.marked = Array(WEEK).fill(false);
    for (const [since, until] of parts ?? []) {
      for (let hour = Math.floor(since / 60); hour * 60 < until; hour += 1) this.marked[hour % WEEK] = true;
    }
    this.show();
  }

  writeField() {
    this.field.value = write(this.marked);
    this.said.textContent = "";
    this.field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

export function weeks(root) {
  if (!words) return;
  for (const field of root.querySelectorAll("textarea[data-hours]")) new Week(field);
}
