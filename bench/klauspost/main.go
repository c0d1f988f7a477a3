// Command klauspost measures github.com/klauspost/reedsolomon for CodecBench. It reads orders line
// by line and answers each with one line: "prepare D P LOST BYTES", "run MILLIS", "checksum".
// On one processor the library is fastest now with one goroutine, now with two: both are
// run, and the better one counts.
package main

import (
	"bufio"
	"fmt"
	"hash/crc32"
	"os"
	"runtime"
	"syscall"
	"time"

	"github.com/klauspost/reedsolomon"
)

type lap struct {
	dataShards, lost, bytes int
	shards                  [][]byte
	codecs                  []reedsolomon.Encoder
}

func main() {
	runtime.LockOSThread()
	var current lap
	orders := bufio.NewScanner(os.Stdin)
	for orders.Scan() {
		fmt.Println(obey(orders.Text(), &current))
	}
}

func obey(order string, current *lap) string {
	var d, p, lost, bytes, millis int
	if n, _ := fmt.Sscanf(order, "prepare %d %d %d %d", &d, &p, &lost, &bytes); n == 4 {
		*current = prepare(d, p, lost, bytes)
		return "ready"
	}
	if n, _ := fmt.Sscanf(order, "run %d", &millis); n == 1 {
		return fmt.Sprintf("%.4f", current.run(time.Duration(millis)*time.Millisecond))
	}
	if order == "checksum" {
		return fmt.Sprint(current.checksum())
	}
	return "unknown order"
}

func prepare(d, p, lost, bytes int) lap {
	l := lap{dataShards: d, lost: lost, bytes: bytes, shards: aligned(d+p, bytes)}
	for _, goroutines := range []int{1, 2} {
		codec, err := reedsolomon.New(d, p, reedsolomon.WithMaxGoroutines(goroutines))
		check(err)
		l.codecs = append(l.codecs, codec)
	}
	for j, shard := range l.shards[:d] {
		for i := range shard {
			shard[i] = byte(i*31 + j*17 + (i>>8)*7)
		}
	}
	check(l.codecs[0].Encode(l.shards))
	return l
}

// aligned gives shards that begin 256 bytes apart modulo a page, as the other programs have them.
func aligned(count, bytes int) [][]byte {
	stride := (bytes+4095)/4096*4096 + 256
	memory := make([]byte, stride*count)
	shards := make([][]byte, count)
	for i := range shards {
		shards[i] = memory[i*stride : i*stride+bytes : i*stride+bytes]
	}
	return shards
}

func (l *lap) run(time time.Duration) float64 {
	best := 0.0
	for _, codec := range l.codecs {
		best = max(best, l.runOn(codec, time/2))
	}
	return best
}

func (l *lap) runOn(codec reedsolomon.Encoder, duration time.Duration) float64 {
	shards := make([][]byte, len(l.shards))
	start := processorTime()
	now := start
	done := 0
	for now-start < duration {
		l.once(codec, shards)
		done += l.dataShards * l.bytes
		now = processorTime()
	}
	return float64(done) / float64((now - start).Nanoseconds())
}

// processorTime is what this program has used, so that what else the machine does is not counted.
func processorTime() time.Duration {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func (l *lap) once(codec reedsolomon.Encoder, shards [][]byte) {
	if l.lost == 0 {
		check(codec.Encode(l.shards))
		return
	}
	copy(shards, l.shards)
	for i := 0; i < l.lost; i++ {
		shards[i] = shards[i][:0] // lost, but its memory may be used again
	}
	check(codec.ReconstructData(shards))
}

func (l *lap) checksum() uint32 {
	computed := l.shards[l.dataShards:]
	if l.lost > 0 {
		computed = l.shards[:l.lost]
	}
	crc := crc32.NewIEEE()
	for _, shard := range computed {
		crc.Write(shard)
	}
	return crc.Sum32()
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
