import WebSocket from "ws";                              // browsers and Node 22 have it built in
import { readFileSync } from "node:fs";
const socket = new WebSocket(`ws://${process.argv[2]}/v1/interpret`, ["interp.v1"]);  // or ["interp.v1", "bearer.KEY"]
socket.on("open", () => {
  socket.send(JSON.stringify({ config: { sourceLanguageCode: "fr", targetLanguageCode: "en",
    audioFormat: { encoding: "AUDIO_ENCODING_PCM_S16LE", sampleRateHertz: 16000 } } }));
  const pcm = readFileSync(process.argv[3]);
  for (let at = 0; at < pcm.length; at += 3200) socket.send(pcm.subarray(at, at + 3200));  // at most 30 s ahead of its time
  socket.send('{"end": true}');
});
socket.on("error", (error) => console.error(error.message));
socket.on("message", (data, binary) => {
  const { targetText, error } = binary ? {} : JSON.parse(data);
  targetText?.words?.forEach((word) => process.stdout.write(word.text));
  if (error) console.error(error.reason, error.message);
});
