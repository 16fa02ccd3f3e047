// Sound of a session: raw PCM16 as it comes, played with a little held back so that it does not stutter.

const HOLD_S = 0.25;
const MOST_AHEAD_S = 1.5;

// Pieces of PCM16, one after the other; after a pause the next begins holdS from now.
export class Playback {
  constructor(context, output, holdS, mostAheadS = Infinity) {
    Object.assign(this, { context, output, holdS, mostAheadS, due: 0 });
  }

  play(pcm, rate) {
    if (!pcm.length) return;
    const buffer = this.context.createBuffer(1, pcm.length, rate);
    buffer.getChannelData(0).set(Float32Array.from(pcm, (sample) => sample / 32768));
    const now = this.context.currentTime;
    if (this.due < now) this.due = now + this.holdS;
    if (this.due - now > this.mostAheadS) return; // a tab that slept: go on with what is new
    const source = new AudioBufferSourceNode(this.context, { buffer });
    source.connect(this.output);
    source.start(this.due);
    this.due += buffer.duration;
  }
}

export class Listener {
  constructor() {
    this.context = new AudioContext();
    this.tone = new BiquadFilterNode(this.context, { type: "highshelf", frequency: 2500 });
    this.volume = new GainNode(this.context);
    this.tone.connect(this.volume).connect(this.context.destination);
    this.abort = null;
  }

  async play(path) {
    this.stop();
    await this.context.resume();
    this.abort = new AbortController();
    const answer = await fetch(path, { signal: this.abort.signal });
    const rate = Number(answer.headers.get("x-sample-rate"));
    const reader = answer.body.getReader();
    const playback = new Playback(this.context, this.tone, HOLD_S, MOST_AHEAD_S);
    let rest = new Uint8Array();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const bytes = new Uint8Array(rest.length + value.length);
      bytes.set(rest);
      bytes.set(value, rest.length);
      const whole = bytes.length - (bytes.length % 2);
      rest = bytes.slice(whole);
      playback.play(new Int16Array(bytes.buffer, 0, whole / 2), rate);
    }
  }

  stop() {
    this.abort?.abort();
    this.abort = null;
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
