// Sound on the page: PCM16 as it comes, played with a little held back so that it does not stutter.

const HOLD_S = 0.25;
const MOST_AHEAD_S = 1.5;

// Pieces one after another, into a node.
export class Track {
  constructor(node, { holdS = HOLD_S, mostAheadS = MOST_AHEAD_S } = {}) {
    Object.assign(this, { node, holdS, mostAheadS, due: 0 });
  }

  play(pcm, rate) {
    if (pcm.length === 0) return;
    const { context } = this.node;
    const buffer = context.createBuffer(1, pcm.length, rate);
    buffer.getChannelData(0).set(Float32Array.from(pcm, (sample) => sample / 32768));
    const now = context.currentTime;
    if (this.due < now) this.due = now + this.holdS;
    if (this.due - now > this.mostAheadS) return; // a tab that slept: go on with what is new
    const source = new AudioBufferSourceNode(context, { buffer });
    source.connect(this.node);
    source.start(this.due);
    this.due += buffer.duration;
  }
}

// Streams of a session, each at its own level, through one tone and one volume.
export class Listener {
  constructor() {
    this.context = new AudioContext();
    this.tone = new BiquadFilterNode(this.context, { type: "highshelf", frequency: 2500 });
    this.volume = new GainNode(this.context);
    this.tone.connect(this.volume).connect(this.context.destination);
    this.streams = new Map(); // path -> {gain, abort}
  }

  get playing() {
    return this.streams.size > 0;
  }

  // The only streams from now on; level: 1 is as it comes.
  async play(levels) {
    await this.context.resume();
    for (const [path, { abort }] of this.streams) {
      if (!levels.has(path)) {
        abort.abort();
        this.streams.delete(path);
      }
    }
    for (const [path, level] of levels) {
      if (!this.streams.has(path)) this.open(path);
      this.streams.get(path).gain.gain.value = level;
    }
  }

  stop() {
    return this.play(new Map());
  }

  open(path) {
    const gain = new GainNode(this.context);
    gain.connect(this.tone);
    const abort = new AbortController();
    this.streams.set(path, { gain, abort });
    this.read(path, new Track(gain), abort.signal).catch(() => this.streams.delete(path));
  }

  async read(path, track, signal) {
    const answer = await fetch(path, { signal });
    const rate = Number(answer.headers.get("x-sample-rate"));
    const reader = answer.body.getReader();
    let rest = new Uint8Array();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const bytes = new Uint8Array(rest.length + value.length);
      bytes.set(rest);
      bytes.set(value, rest.length);
      const whole = bytes.length - (bytes.length % 2);
      rest = bytes.slice(whole);
      track.play(new Int16Array(bytes.buffer, 0, whole / 2), rate);
    }
  }
}

// A microphone as PCM16 pieces at `rate`. The echo canceller is off: it eats an interpreter's voice.
export async function microphone(rate, onPiece) {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 1 },
  });
  const context = new AudioContext({ sampleRate: rate });
  await context.audioWorklet.addModule("/static/microphone-worklet.js");
  const node = new AudioWorkletNode(context, "pcm16");
  node.port.onmessage = (event) => onPiece(event.data);
  context.createMediaStreamSource(stream).connect(node);
  return () => {
    for (const track of stream.getTracks()) track.stop();
    context.close();
  };
}
