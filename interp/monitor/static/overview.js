// The list: cells change in place, and only in rows that are seen, so that hundreds of them cost little.

import { ask, clock, meter, ms, showLag, showLevel, stateOf, watch, words } from "./api.js";

const most = (values) => values.reduce((a, b) => (b !== null && (a === null || b > a) ? b : a), null);
const lag = (row) => most((row.targets ?? []).map((target) => ms(target.wordAge)));
const p95 = (row) => most((row.targets ?? []).map((target) => ms(target.wordAgeP95)));
const loudest = (row) => most((row.targets ?? []).map((target) => target.outputDbfs ?? null));
const pair = (row) => `${row.sourceLanguageCode} → ${row.targets.map((t) => t.languageCode).join(", ")}`;
const where = (row) => [row.replica, row.lane].filter(Boolean).join(" · ");
const notes = (row) => (row.noteCount ? `${row.noteCount}: ${words(row.newestNote)}` : "");

const text = (value) => ({
  make: () => document.createElement("span"),
  show: (cell, row) => {
    if (cell.textContent !== value(row)) cell.textContent = value(row);
  },
});
const lagCell = (value) => ({
  make: () => document.createElement("span"),
  show: (cell, row) => showLag(cell, value(row)),
});
const levelCell = (label, value) => ({
  make: () => meter(label),
  show: (cell, row) => showLevel(cell, value(row) ?? undefined),
});
const link = {
  make: () => document.createElement("a"),
  show: (cell, row) => {
    const href = `/session/${row.name.split("/")[1]}`;
    if (cell.getAttribute("href") !== href) cell.href = href;
    if (cell.textContent !== row.speaker) cell.textContent = row.speaker;
  },
};

// name, title, what it is sorted by, what is shown
const COLUMNS = [
  ["speaker", "Speaker", (row) => row.speaker, link],
  ["pair", "Languages", pair, text(pair)],
  ["state", "State", stateOf, text(stateOf)],
  ["lag", "Lag s", lag, lagCell(lag)],
  ["p95", "p95 s", p95, lagCell(p95)],
  ["input", "In", (row) => row.inputDbfs, levelCell("level in", (row) => row.inputDbfs)],
  ["output", "Out", loudest, levelCell("level out", loudest)],
  ["policy", "Policy", (row) => row.targets[0].policy, text((row) => row.targets[0].policy)],
  ["replica", "Replica", where, text(where)],
  ["readers", "Readers", (row) => row.readers ?? 0, text((row) => String(row.readers ?? 0))],
  ["note", "Notes", notes, text(notes)],
  ["began", "Since", (row) => row.createTime, text((row) => new Date(row.createTime).toLocaleTimeString())],
];
const rows = new Map(); // name -> {row, element, cells, seen}
const entries = new WeakMap(); // element -> the same
const looking = new IntersectionObserver(
  (changes) => {
    for (const { target, isIntersecting } of changes) {
      const here = entries.get(target);
      here.seen = isIntersecting;
      if (here.seen) draw(here);
    }
  },
  { rootMargin: "200px" },
);
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

function entry() {
  const element = document.createElement("tr");
  const cells = COLUMNS.map(([, , , kind]) => {
    const cell = document.createElement("td");
    const content = kind.make();
    cell.append(content);
    element.append(cell);
    return content;
  });
  const made = { element, cells, row: null, seen: false };
  entries.set(element, made);
  looking.observe(element);
  return made;
}

function draw({ cells, row }) {
  COLUMNS.forEach(([, , , kind], i) => kind.show(cells[i], row));
}

function arrange() {
  const value = COLUMNS.find(([name]) => name === sortBy)[2];
  const wanted = filter.value.toLowerCase();
  const shown = [...rows.values()].filter(({ row }) =>
    `${row.speaker} ${pair(row)} ${stateOf(row)} ${notes(row)}`.toLowerCase().includes(wanted),
  );
  shown.sort((a, b) => {
    const [x, y] = [value(a.row) ?? -1, value(b.row) ?? -1];
    return (x < y ? -1 : x > y ? 1 : 0) * (descending ? -1 : 1);
  });
  const elements = shown.map((each) => each.element);
  if (elements.length !== body.children.length || elements.some((e, i) => e !== body.children[i])) {
    body.replaceChildren(...elements);
  }
  document.getElementById("none").hidden = rows.size > 0;
  const count = `${shown.length} of ${rows.size}`;
  const told = document.getElementById("count");
  if (told.textContent !== count) told.textContent = count;
}

function take({ sessions = [], gone = [] }) {
  for (const name of gone) rows.delete(name);
  for (const row of sessions) {
    if (!rows.has(row.name)) rows.set(row.name, entry());
    const here = rows.get(row.name);
    here.row = row;
    if (here.seen) draw(here);
  }
  arrange();
}

heads();
clock(document.getElementById("clock"));
filter.addEventListener("input", arrange);
ask("/v1/me").then((me) => {
  document.getElementById("who").textContent = `${me.name}, ${me.role}`;
  watch("/v1/sessions:watch", (change) => take(change), (state) => {
    if (state === "open") rows.clear(); // all of them come first
  });
});
