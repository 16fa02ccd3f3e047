import grpc from "@grpc/grpc-js";
import loader from "@grpc/proto-loader";
import { readFileSync } from "node:fs";
const { interp } = grpc.loadPackageDefinition(
  loader.loadSync("interp/v1/interpretation_service.proto", { includeDirs: [process.argv[4] ?? "protos"], enums: String }));
const client = new interp.v1.InterpretationService(process.argv[2], grpc.credentials.createInsecure());
const call = client.Interpret();                        // metadata: authorization: Bearer KEY
call.on("data", (m) => m.targetText?.words?.forEach((w) => process.stdout.write(w.text)));
call.on("error", (e) => console.error(e.code, e.details));
call.write({ config: { sourceLanguageCode: "fr", targetLanguageCode: "en",
  audioFormat: { encoding: "AUDIO_ENCODING_PCM_S16LE", sampleRateHertz: 16000 } } });
const pcm = readFileSync(process.argv[3]);              // 16 kHz mono; live, write what comes as it comes
for (let at = 0; at < pcm.length; at += 3200) call.write({ audio: { content: pcm.subarray(at, at + 3200) } });
call.end();
