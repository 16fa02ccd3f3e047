// The list: rows change in place, so that hundreds of them cost little.

import { ask, band, clock, seconds, watch } from "./api.js";

const COLUMNS = [
  ["speaker", "Speaker", (row) => row.speaker],
  ["pair", "Languages", (row) => `${row.source} → ${row.target}`],
  ["state", "State", (row) => row.state],
  ["age", "Lag s", (row) => row.age],
  ["p95", "p95 s", (row) => row.p95],
  ["input", "In", (row) => row.input],
  ["output", "Out", (row) => row.output],
  ["policy", "Policy", (row) => row.policy],
  ["replica", "Replica", (row) => row.replica],
  ["note", "Notes", (row) => row.note],
  ["began", "Since", (row) => row.began],
];
const rows = new Map(); // id -> {row, element}
let sortBy = "began";
let descending = false;

const body = document.getElementById("rows");
const filter = document.getElementById("filter");

function heads() {
  document.getElementById("heads").replaceChildren(
    ...COLUMNS.map(([name, title]) => {
      const head = document.createElement("th");
      head.scope = "col";
      const button = document.createElement("button");
      button.textContent = title;
      button.addEventListener("click", () => {
        descending = sortBy === name && !descending;
        sortBy = name;
        heads();
        arrange();
      });
      head.setAttribute("aria-sort", sortBy !== name ? "none" : descending ? "descending" : "ascending");
      head.append(button);
      return head;
    }),
  );
}

function cells(row) {
  const level = (db) => {
    const meter = document.createElement("meter");
    Object.assign(meter, { min: -60, max: 0, low: -50, high: -6, optimum: -20, value: db ?? -60 });
    meter.setAttribute("aria-label", db === null ? "silent" : `${db} dB`);
    return meter;
  };
  const lag = (ms) => {
    const span = document.createElement("span");
    span.className = `band ${band(ms)}`;
    span.textContent = seconds(ms);
    return span;
  };
  const link = document.createElement("a");
  link.href = `/session/${row.id}`;
  link.textContent = row.speaker;
  const since = new Date(row.began * 1000).toLocaleTimeString();
  const notes = row.notes ? `${row.notes}: ${row.note}` : "";
  return [
    link, `${row.source} → ${row.target}`, row.state, lag(row.age), lag(row.p95),
    level(row.input), level(row.output), row.policy, row.replica, notes, since,
  ];
}

function draw(entry) {
  entry.element.replaceChildren(
    ...cells(entry.row).map((content) => {
      const cell = document.createElement("td");
      cell.append(content);
      return cell;
    }),
  );
}

function arrange() {
  const value = COLUMNS.find(([name]) => name === sortBy)[2];
  const wanted = filter.value.toLowerCase();
  const shown = [...rows.values()].filter(({ row }) =>
    `${row.speaker} ${row.source} ${row.target} ${row.state} ${row.note}`.toLowerCase().includes(wanted),
  );
  shown.sort((a, b) => {
    const [x, y] = [value(a.row) ?? -1, value(b.row) ?? -1];
    return (x < y ? -1 : x > y ? 1 : 0) * (descending ? -1 : 1);
  });
  const elements = shown.map((entry) => entry.element);
  if (elements.length !== body.children.length || elements.some((e, i) => e !== body.children[i])) {
    body.replaceChildren(...elements);
  }
  document.getElementById("none").hidden = rows.size > 0;
  document.getElementById("count").textContent = `${shown.length} of ${rows.size}`;
}

function take(change) {
  for (const id of change.gone) rows.delete(id);
  for (const row of change.rows) {
    if (!rows.has(row.id)) rows.set(row.id, { element: document.createElement("tr") });
    const entry = rows.get(row.id);
    entry.row = row;
    draw(entry);
  }
  arrange();
}

heads();
clock(document.getElementById("clock"));
filter.addEventListener("input", arrange);
ask("/v1/me").then((me) => {
  document.getElementById("who").textContent = `${me.name}, ${me.role}`;
  watch("/v1/sessions:watch", take);
});
