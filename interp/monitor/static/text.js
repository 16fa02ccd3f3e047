// A session's text on the page: what is written is appended and never moves, the tail stands apart.

export class Text {
  // element: a list; sides: which to show, ["source", "target"]; words later than lateMs are marked.
  constructor(element, sides, { lateMs = 5000, onWord = () => {} } = {}) {
    Object.assign(this, { element, sides, lateMs, onWord, segments: new Map() });
  }

  take(change) {
    if (change.kind === "snapshot") this.restart(change.lines);
    else if (this.sides.includes(change.kind)) this.append(change.kind, change.segment, change);
    else if (change.kind === "correction") this.correct(change);
  }

  restart(lines) {
    this.element.replaceChildren();
    this.segments.clear();
    for (const line of lines) {
      for (const side of this.sides) this.append(side, line.segment, line[side]);
      for (const correction of line.corrections) this.correct(correction);
    }
  }

  append(side, segment, { words, tail }) {
    const near = this.element.scrollHeight - this.element.scrollTop - this.element.clientHeight < 80;
    const parts = this.segment(segment)[side];
    for (const word of words) {
      const span = document.createElement("span");
      const [text, , elapsed, , end] = word;
      span.textContent = text;
      if (elapsed - end > this.lateMs) span.className = "late";
      parts.written.append(span);
      this.onWord(side, segment, word);
    }
    parts.tail.textContent = tail;
    if (near) this.element.scrollTop = this.element.scrollHeight;
  }

  correct({ segment, text, by }) {
    const parts = this.segment(segment).target;
    if (!parts) return;
    const note = document.createElement("ins");
    note.className = "correction";
    note.textContent = `${text} (${by})`;
    parts.box.append(note);
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
        parts[side] = { box, written, tail };
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
