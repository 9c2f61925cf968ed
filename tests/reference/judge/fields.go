package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/gowebpki/jcs"
)

// Fields are those of an object, each as it is written.
type fields map[string]json.RawMessage

// Canonical reads an object that is written as RFC 8785 wants it.
func canonical(text []byte) (fields, error) {
	if !utf8.Valid(text) {
		return nil, fmt.Errorf("not UTF-8")
	}
	written, err := jcs.Transform(text)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(written, text) {
		return nil, fmt.Errorf("not canonical")
	}
	return object(text)
}

func object(text []byte) (fields, error) {
	var found fields
	if err := json.Unmarshal(text, &found); err != nil || found == nil {
		return nil, fmt.Errorf("not an object")
	}
	return found, nil
}

// Only refuses fields that are not among the names; those before the bar must be there.
func (f fields) only(needed []string, others ...string) error {
	seen := 0
	for _, name := range needed {
		if _, ok := f[name]; !ok {
			return fmt.Errorf("no field %q", name)
		}
		seen++
	}
	for _, name := range others {
		if _, ok := f[name]; ok {
			seen++
		}
	}
	if seen != len(f) {
		return fmt.Errorf("an unknown field")
	}
	return nil
}

// Text is the string of a field; false if there is none.
func (f fields) text(name string) (string, bool, error) {
	raw, ok := f[name]
	if !ok {
		return "", false, nil
	}
	var text *string
	if err := json.Unmarshal(raw, &text); err != nil || text == nil {
		return "", true, fmt.Errorf("%q is not a text", name)
	}
	return *text, true, nil
}

// Number is the whole number of a field.
func (f fields) number(name string) (int64, error) {
	number, err := strconv.ParseInt(string(f[name]), 10, 64)
	if err != nil || number < 0 {
		return 0, fmt.Errorf("%q is not a whole number", name)
	}
	return number, nil
}
