// A session's text on the page: what is written is appended and never moves, the tail stands apart.

import { ms } from "./api.js";

const UNSURE = 0.15; // one word in eight of the demo

export class Text {
  // element: a list; sides: which to show, ["source", "target"]; target: which of the targets, null
  // where there is but one; words later than lateMs are marked.
  constructor(element, sides, { lateMs = 5000, onWord = () => {} } = {}) {
    Object.assign(this, { element, sides, lateMs, onWord, target: null, segments: new Map() });
  }

  take(change) {
    if (change.snapshot) this.restart(change.snapshot.lines ?? []);
    if (change.sourceText) this.append("source", change.sourceText);
    if (change.targetText) this.append("target", change.targetText);
    if (change.correction) this.correct(change.correction);
  }

  restart(lines) {
    this.element.replaceChildren();
    this.segments.clear();
    for (const line of lines) {
      if (line.source) this.append("source", line.source);
      for (const text of line.targets ?? []) this.append("target", text);
      for (const correction of line.corrections ?? []) this.correct(correction);
    }
  }

  append(side, { segment = 0, target = 0, words = [], tentative = "" }) {
    if (!this.sides.includes(side) || (side === "target" && !this.shows(target))) return;
    const near = this.element.scrollHeight - this.element.scrollTop - this.element.clientHeight < 80;
    const parts = this.segment(Number(segment))[side];
    for (const word of words) {
      const span = document.createElement("span");
      span.textContent = word.text;
      const [elapsed, end] = [ms(word.elapsed) ?? 0, ms(word.sourceEnd) ?? 0];
      if (elapsed - end > this.lateMs) span.classList.add("late");
      if (word.probability < UNSURE) span.classList.add("unsure");
      if (span.className) span.title = `${((elapsed - end) / 1000).toFixed(1)} s, sure to ${percent(word)}`;
      parts.written.append(span);
      parts.item.dataset.start ??= String(ms(word.sourceStart) ?? 0);
      this.onWord(side, word);
    }
    parts.tail.textContent = tentative;
    if (near) this.element.scrollTop = this.element.scrollHeight;
  }

  correct({ segment = 0, target = 0, text, author }) {
    if (!this.shows(target)) return;
    const parts = this.segment(Number(segment)).target;
    if (!parts) return;
    const note = document.createElement("ins");
    note.className = "correction";
    note.textContent = `${text} (${author})`;
    parts.box.append(note);
  }

  shows(target) {
    return this.target === null || this.target === target;
  }

  // A line of its own among the segments: something happened when so much source was heard; what
  // happens again at the same place is added to it. say: from how much it was to words.
  mark(positionMs, code, amountMs, say) {
    const later = [...this.segments.values()].find(({ item }) => Number(item.dataset.start) > positionMs);
    const before = later?.item ?? null;
    let item = before ? before.previousElementSibling : this.element.lastElementChild;
    if (item?.dataset.code !== code) {
      item = document.createElement("li");
      item.className = "marker";
      Object.assign(item.dataset, { code, amount: 0 });
      this.element.insertBefore(item, before);
    }
    item.dataset.amount = Number(item.dataset.amount) + amountMs;
    item.textContent = say(Number(item.dataset.amount));
    this.element.scrollTop = this.element.scrollHeight;
  }

  segment(number) {
    if (!this.segments.has(number)) {
      const item = document.createElement(this.element.tagName === "OL" ? "li" : "p");
      item.className = "segment";
      item.dataset.segment = number;
      const parts = { item };
      for (const side of this.sides) {
        const box = document.createElement("div");
        box.className = side;
        const [written, tail] = [document.createElement("span"), document.createElement("span")];
        written.className = "written";
        tail.className = "tail";
        box.append(written, tail);
        item.append(box);
        parts[side] = { box, written, tail, item };
      }
      this.segments.set(number, parts);
      this.element.append(item);
    }
    return this.segments.get(number);
  }

  written(side) {
    return [...this.segments.values()].map((parts) => parts[side].written.textContent).join("");
  }

  find(text) {
    let found = 0;
    for (const { item } of this.segments.values()) {
      const here = text && item.textContent.toLowerCase().includes(text.toLowerCase());
      item.hidden = Boolean(text) && !here;
      found += here ? 1 : 0;
    }
    return found;
  }
}

const percent = ({ probability }) =>
  probability === undefined ? "nobody knows what" : `${Math.round(probability * 100)} %`;
