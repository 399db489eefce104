/* SPDX-License-Identifier: EUPL-1.2 */
/* The battery of two days as a line; the table below it says the same. */

const HOUR_S = 3600;

const place = document.getElementById("battery");
const rows = JSON.parse(document.getElementById("battery-data").textContent);
const ink = getComputedStyle(document.body);
const [line, soft] = [ink.getPropertyValue("--accent"), ink.getPropertyValue("--ink-soft")];
const axis = { stroke: soft, grid: { stroke: ink.getPropertyValue("--line") } };
const clock = new Intl.DateTimeFormat("sv-SE", { timeZone: place.dataset.zone, dateStyle: "short", timeStyle: "short" });

new uPlot(
  {
    width: place.clientWidth,
    height: place.clientHeight,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), place.dataset.zone),
    scales: { x: { range: (_, first, last) => [first - HOUR_S, last + HOUR_S] }, y: { range: [0, 100] } },
    axes: [{ ...axis, values: (_, ticks) => ticks.map((one) => clock.format(new Date(one * 1000)).slice(11)) }, { ...axis, values: (_, ticks) => ticks.map((one) => `${one} %`) }],
    legend: { show: false },
    series: [{ label: place.dataset.time }, { label: place.dataset.title, stroke: line, width: 2 }],
  },
  [rows.map(([at]) => Date.parse(at) / 1000), rows.map(([, level]) => level)],
  place,
);
