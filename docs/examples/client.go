// Stubs: buf generate, or protoc --go_out=. --go-grpc_out=. protos/interp/v1/*.proto
package main

func interpret(ctx context.Context, address string, audio <-chan []byte) error {
	channel, err := grpc.NewClient(address, grpc.WithTransportCredentials(credentials.NewTLS(nil)))
	if err != nil { return err }
	defer channel.Close()
	call, err := pb.NewInterpretationServiceClient(channel).Interpret(
		metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+os.Getenv("INTERP_KEY")))
	if err != nil { return err }
	format := &pb.AudioFormat{Encoding: pb.AudioEncoding_AUDIO_ENCODING_PCM_S16LE, SampleRateHertz: 16000}
	config := &pb.SessionConfig{SourceLanguageCode: "fr", TargetLanguageCode: "en", AudioFormat: format}
	call.Send(&pb.InterpretRequest{StreamingRequest: &pb.InterpretRequest_Config{Config: config}})
	go func() {
		for content := range audio {
			call.Send(&pb.InterpretRequest{StreamingRequest: &pb.InterpretRequest_Audio{Audio: &pb.Audio{Content: content}}})
		}
		call.CloseSend()
	}()
	for {
		response, err := call.Recv()
		if err == io.EOF { return nil } else if err != nil { return err }
		for _, word := range response.GetTargetText().GetWords() { fmt.Print(word.Text) }
	}
}
