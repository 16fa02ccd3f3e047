// Each target word as a dot: the speaker's time across, how late it was written upwards.

const SPAN_MS = 60_000;
const MOST_LAG_MS = 8_000;
const BANDS = [
  [3_000, "--good"],
  [5_000, "--warn"],
  [MOST_LAG_MS, "--bad"],
];

export class Timeline {
  constructor(canvas) {
    this.canvas = canvas;
    this.words = [];
    this.due = false;
    new ResizeObserver(() => this.ask()).observe(canvas);
  }

  add([, , elapsed, , end]) {
    this.words.push([end, elapsed - end]);
    while (this.words[0][0] < end - SPAN_MS) this.words.shift();
    this.ask();
  }

  clear() {
    this.words = [];
    this.ask();
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
    const colour = (name) => getComputedStyle(canvas).getPropertyValue(name);
    const last = this.words.at(-1)?.[0] ?? 0;
    const x = (ms) => canvas.width * (1 - (last - ms) / SPAN_MS);
    const y = (ms) => canvas.height * (1 - Math.min(ms, MOST_LAG_MS) / MOST_LAG_MS);
    pen.strokeStyle = colour("--line");
    pen.fillStyle = colour("--quiet");
    pen.font = `${11 * scale}px system-ui`;
    for (const [ms] of BANDS.slice(0, 2)) {
      pen.beginPath();
      pen.moveTo(0, y(ms));
      pen.lineTo(canvas.width, y(ms));
      pen.stroke();
      pen.fillText(`${ms / 1000} s`, 4 * scale, y(ms) - 3 * scale);
    }
    for (const [end, lag] of this.words) {
      pen.fillStyle = colour(BANDS.find(([most]) => lag <= most)?.[1] ?? "--bad");
      pen.beginPath();
      pen.arc(x(end), y(Math.max(0, lag)), 3 * scale, 0, 2 * Math.PI);
      pen.fill();
    }
  }
}
