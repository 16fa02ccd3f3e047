// What became of the newest minute of speech: each target word as a dot, the speaker's time across and
// how late it was written upwards; below, the decisions: READ as a short tick, WRITE as a long one.

import { ms } from "./api.js";

const SPAN_MS = 60_000;
const MOST_LAG_MS = 8_000;
const LANE = 22; // of the decisions, px
const BANDS = [
  [3_000, "--good"],
  [5_000, "--warn"],
  [MOST_LAG_MS, "--bad"],
];

export class Timeline {
  constructor(canvas) {
    this.canvas = canvas;
    this.clear();
    this.due = false;
    new ResizeObserver(() => this.ask()).observe(canvas);
  }

  clear() {
    this.words = []; // [source end, lag]
    this.writes = []; // where something was written, from the words themselves
    this.actions = []; // [position, words, guarded], where the session sends its decisions
    this.flags = []; // [position, letter]
    this.ask();
  }

  add(word) {
    const [delay, elapsed, end] = [ms(word.delay) ?? 0, ms(word.elapsed) ?? 0, ms(word.sourceEnd) ?? 0];
    this.words.push([end, elapsed - end]);
    if (this.writes.at(-1)?.[0] !== delay) this.writes.push([delay]);
    this.trim();
  }

  decide({ position, words = 0, guarded = false }) {
    this.actions.push([ms(position) ?? 0, Number(words), guarded]);
    this.trim();
  }

  flag(positionMs, letter) {
    this.flags.push([positionMs, letter]);
    this.trim();
  }

  trim() {
    const oldest = this.last() - SPAN_MS;
    for (const kept of [this.words, this.writes, this.actions, this.flags]) {
      while (kept.length && kept[0][0] < oldest) kept.shift();
    }
    this.ask();
  }

  last() {
    const ends = [this.words, this.writes, this.actions].map((kept) => kept.at(-1)?.[0] ?? 0);
    return Math.max(SPAN_MS / 4, ...ends);
  }

  ask() {
    if (this.due) return;
    this.due = true;
    requestAnimationFrame(() => {
      this.due = false;
      this.draw();
    });
  }

  draw() {
    const { canvas } = this;
    const scale = window.devicePixelRatio;
    canvas.width = canvas.clientWidth * scale;
    canvas.height = canvas.clientHeight * scale;
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    const [width, height] = [canvas.clientWidth, canvas.clientHeight - LANE];
    const colour = (name) => getComputedStyle(canvas).getPropertyValue(name);
    const last = this.last();
    const x = (at) => width * (1 - (last - at) / SPAN_MS);
    const y = (lag) => height * (1 - Math.min(Math.max(0, lag), MOST_LAG_MS) / MOST_LAG_MS);
    const line = (x0, y0, x1, y1, name, thick = 1) => {
      pen.strokeStyle = colour(name);
      pen.lineWidth = thick;
      pen.beginPath();
      pen.moveTo(x0, y0);
      pen.lineTo(x1, y1);
      pen.stroke();
    };
    pen.font = "11px system-ui";
    pen.fillStyle = colour("--quiet");
    for (const [lag] of BANDS.slice(0, 2)) {
      line(0, y(lag), width, y(lag), "--line");
      pen.fillText(`${lag / 1000} s`, 4, y(lag) - 3);
    }
    line(0, height, width, height, "--line");
    for (let at = Math.ceil((last - SPAN_MS) / 10_000) * 10_000; at <= last; at += 10_000) {
      if (at >= 0) pen.fillText(`${at / 1000} s`, x(at) + 2, height - 3);
    }
    for (const [end, lag] of this.words) {
      pen.fillStyle = colour(BANDS.find(([most]) => lag <= most)?.[1] ?? "--bad");
      pen.beginPath();
      pen.arc(x(end), y(lag), 3, 0, 2 * Math.PI);
      pen.fill();
    }
    const decisions = this.actions.length ? this.actions : this.writes.map(([at]) => [at, 1, false]);
    for (const [at, words, guarded] of decisions) {
      const name = guarded ? "--warn" : words ? "--accent" : "--quiet";
      line(x(at), height + LANE - 4, x(at), height + (words ? 4 : 12), name, words ? 2 : 1);
    }
    pen.fillStyle = colour("--bad");
    for (const [at, letter] of this.flags) pen.fillText(letter, x(at) - 3, 11);
  }
}
