// A session from this page: the microphone as MediaRecorder gives it, or a file at the speed of speech.

import { ask } from "./api.js";
import { Track } from "./sound.js";
import { Text } from "./text.js";

const FILE_RATE = 16000;
const PIECE_MS = 100;
const at = (name) => document.getElementById(name);
const text = new Text(at("captions"), ["target"], { lateMs: Infinity });
window.interpText = text;
let stop = () => {};

async function samplesOf(file) {
  const context = new OfflineAudioContext(1, 1, FILE_RATE);
  const decoded = await context.decodeAudioData(await file.arrayBuffer());
  const mixed = new OfflineAudioContext(1, decoded.length, FILE_RATE);
  const source = new AudioBufferSourceNode(mixed, { buffer: decoded });
  source.connect(mixed.destination);
  source.start();
  const rendered = (await mixed.startRendering()).getChannelData(0);
  return Int16Array.from(rendered, (sample) => Math.max(-1, Math.min(1, sample)) * 32767);
}

function feedFile(samples, socket, onEnd) {
  const size = (FILE_RATE * PIECE_MS) / 1000;
  let place = 0;
  const timer = setInterval(() => {
    if (place >= samples.length || socket.readyState !== WebSocket.OPEN) {
      clearInterval(timer);
      onEnd();
      return;
    }
    socket.send(samples.slice(place, place + size));
    place += size;
  }, PIECE_MS);
  return () => (place = samples.length);
}

async function feedMicrophone(socket, onEnd) {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: false, channelCount: 1 },
  });
  const recorder = new MediaRecorder(stream, { mimeType: "audio/webm;codecs=opus" });
  recorder.ondataavailable = async ({ data }) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(await data.arrayBuffer());
  };
  recorder.onstop = () => {
    for (const track of stream.getTracks()) track.stop();
    setTimeout(onEnd, PIECE_MS);
  };
  recorder.start(PIECE_MS);
  return () => recorder.stop();
}

function show(message, playback) {
  if (message.error) at("problem").textContent = message.error.message;
  if (message.targetText) {
    text.append("target", message.targetText);
    scrollTo(0, document.body.scrollHeight);
  }
  return message.targetSpeech ? (bytes) => playback.play(new Int16Array(bytes), message.targetSpeech.sampleRateHertz) : null;
}

async function begin(event) {
  event.preventDefault();
  at("problem").textContent = "";
  text.restart([]);
  const file = at("file").files[0];
  const aloud = at("speech").checked;
  const playback = aloud ? new Track(new AudioContext().destination, { mostAheadS: Infinity }) : null;
  const samples = file ? await samplesOf(file) : null;
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const socket = new WebSocket(`${scheme}://${location.host}/v1/interpret`, ["interp.v1"]);
  socket.binaryType = "arraybuffer";
  let sound = null;
  socket.onmessage = ({ data }) => {
    if (typeof data === "string") sound = show(JSON.parse(data), playback);
    else sound?.(data);
  };
  socket.onclose = () => {
    at("state").textContent = "ended";
    at("start").disabled = false;
    at("stop").disabled = true;
    stop();
  };
  socket.onopen = async () => {
    const end = () => socket.readyState === WebSocket.OPEN && socket.send('{"end": true}');
    socket.send(
      JSON.stringify({
        config: {
          sourceLanguageCode: at("from").value,
          targetLanguageCode: at("to").value,
          audioFormat: {
            encoding: samples ? "AUDIO_ENCODING_PCM_S16LE" : "AUDIO_ENCODING_WEBM_OPUS",
            sampleRateHertz: FILE_RATE,
          },
          outputs: ["OUTPUT_TEXT", ...(aloud ? ["OUTPUT_SPEECH"] : [])],
        },
      }),
    );
    at("state").textContent = "live";
    at("start").disabled = true;
    at("stop").disabled = false;
    stop = samples ? feedFile(samples, socket, end) : await feedMicrophone(socket, end);
  };
}

at("form").addEventListener("submit", begin);
at("stop").addEventListener("click", () => stop());
await ask("/v1/me");
