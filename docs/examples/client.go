// Raw 16 kHz PCM16 on standard input, words on standard output: client HOST:PORT fr en < speech.pcm
//
// Stubs, with protoc-gen-go and protoc-gen-go-grpc; each proto file gets the same import path:
//
//	P='Minterp/v1/NAME.proto=example.com/interp/v1'   for every NAME in protos/interp/v1
//	protoc -I protos --go_out=. --go_opt=$P,... --go-grpc_out=. --go-grpc_opt=$P,... protos/interp/v1/*.proto
package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"

	pb "example.com/interp/v1"
)

func main() {
	address, source, target := os.Args[1], os.Args[2], os.Args[3]
	security := grpc.WithTransportCredentials(credentials.NewTLS(&tls.Config{}))
	if os.Getenv("INTERP_PLAIN") != "" {
		security = grpc.WithInsecure()
	}
	channel, err := grpc.Dial(address, security)
	if err != nil {
		log.Fatal(err)
	}
	defer channel.Close()
	ctx := metadata.AppendToOutgoingContext(
		context.Background(), "authorization", "Bearer "+os.Getenv("INTERP_KEY"))
	call, err := pb.NewInterpretationServiceClient(channel).Interpret(ctx)
	if err != nil {
		log.Fatal(err)
	}
	format := &pb.AudioFormat{
		Encoding: pb.AudioEncoding_AUDIO_ENCODING_PCM_S16LE, SampleRateHertz: 16000}
	config := &pb.SessionConfig{
		SourceLanguageCode: source, TargetLanguageCode: target, AudioFormat: format}
	send(call, &pb.InterpretRequest{
		StreamingRequest: &pb.InterpretRequest_Config{Config: config}})
	go speak(call, os.Stdin)
	for {
		response, err := call.Recv()
		if err == io.EOF {
			fmt.Println()
			return
		} else if err != nil {
			log.Fatal(err) // its status has google.rpc.ErrorInfo with the reason
		}
		for _, word := range response.GetTargetText().GetWords() {
			fmt.Print(word.Text)
		}
	}
}

// speak sends 100 ms at a time, as fast as it is spoken, and then says that it has finished.
func speak(call pb.InterpretationService_InterpretClient, sound io.Reader) {
	chunk := make([]byte, 3200)
	for number := uint64(1); ; number++ {
		size, err := io.ReadFull(sound, chunk)
		if size > 0 {
			content := append([]byte(nil), chunk[:size]...)
			send(call, &pb.InterpretRequest{StreamingRequest: &pb.InterpretRequest_Audio{
				Audio: &pb.Audio{Sequence: number, Content: content}}})
		}
		if err != nil {
			call.CloseSend()
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func send(call pb.InterpretationService_InterpretClient, request *pb.InterpretRequest) {
	if err := call.Send(request); err != nil && err != io.EOF {
		log.Fatal(err) // on EOF the reader of the call is told why
	}
}
