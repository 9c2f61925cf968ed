// Judge says whether an export of the audit log is sound, from the format's description alone: notes and the tree are those of
// golang.org/x/mod/sumdb, canonical JSON that of github.com/gowebpki/jcs. It shares no code with the project.
//
//	judge -keys FILE [-checkpoint FILE] EXPORT
//
// Exit code 0 if the export is sound, 1 if it is refused, 2 if it cannot be judged.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

const mostBytes = 2 << 20

func main() {
	keys := flag.String("keys", "", "file with public keys, a line each")
	newest := flag.String("checkpoint", "", "file with a checkpoint that is known")
	flag.Parse()
	trusted, err := verifiers(*keys)
	usage(err)
	known := ""
	if *newest != "" {
		text, err := os.ReadFile(*newest)
		usage(err)
		known = string(text)
	}
	file, err := os.Open(flag.Arg(0))
	usage(err)
	if err := judge(file, trusted, known, time.Now()); err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
	fmt.Println("sound")
}

func usage(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(2)
	}
}

func verifiers(file string) (note.Verifiers, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var list []note.Verifier
	for _, key := range strings.Fields(string(text)) {
		verifier, err := note.NewVerifier(key)
		if err != nil {
			return nil, err
		}
		list = append(list, verifier)
	}
	return note.VerifierList(list...), nil
}

// Judge reads the file line by line: the first names the chain, the last the checkpoint.
func judge(file io.Reader, trusted note.Verifiers, known string, now time.Time) error {
	lines := bufio.NewReaderSize(file, mostBytes+1)
	first, err := line(lines)
	if err != nil {
		return err
	}
	chain, err := begin(first)
	if err != nil {
		return err
	}
	for at := 2; ; at++ {
		text, err := line(lines)
		if err == nil {
			err = chain.add(text)
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", at, err)
		}
		if chain.ended {
			break
		}
	}
	if _, err := lines.ReadByte(); err != io.EOF {
		return fmt.Errorf("something follows the last line")
	}
	return chain.close(trusted, known, now)
}

// Line is the next line without its end.
func line(lines *bufio.Reader) ([]byte, error) {
	text, err := lines.ReadSlice('\n')
	if err != nil {
		return nil, fmt.Errorf("no whole line of at most 2 MiB: %w", err)
	}
	return append([]byte(nil), text[:len(text)-1]...), nil
}
