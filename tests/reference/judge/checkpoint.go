package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint is what was signed of a chain.
type checkpoint struct {
	size int64
	root tlog.Hash
}

// Open reads a note that a trusted key has signed for the chain.
func open(text, chain string, trusted note.Verifiers) (*checkpoint, error) {
	opened, err := note.Open([]byte(text), trusted)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 5 || lines[4] != "" {
		return nil, fmt.Errorf("not four lines")
	}
	ours := false
	for _, signature := range opened.Sigs {
		ours = ours || lines[0] == signature.Name+"/"+chain
	}
	if !ours {
		return nil, fmt.Errorf("signed for %s", lines[0])
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return nil, fmt.Errorf("not a size: %s", lines[1])
	}
	root, err := strict.DecodeString(lines[2])
	signed := &checkpoint{size: size}
	if err != nil || len(root) != len(signed.root) {
		return nil, fmt.Errorf("not a root: %s", lines[2])
	}
	copy(signed.root[:], root)
	at, err := time.Parse("time "+time.RFC3339Nano, lines[3])
	if err != nil || "time "+at.UTC().Format(time.RFC3339Nano) != lines[3] {
		return nil, fmt.Errorf("not a time: %s", lines[3])
	}
	return signed, nil
}
