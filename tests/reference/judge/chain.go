package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"github.com/gowebpki/jcs"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var strict = base64.StdEncoding.Strict()

// Chain is what the file has shown so far.
type chain struct {
	name     string
	filtered bool
	size     int64
	hashes   []tlog.Hash
	gone     []time.Time
	ended    bool
	note     *string
}

func begin(text []byte) (*chain, error) {
	head, err := canonical(text)
	if err != nil {
		return nil, err
	}
	if err := head.only([]string{"chain", "export"}, "filter"); err != nil {
		return nil, err
	}
	if format, _, err := head.text("export"); err != nil || format != "vestibule-audit/1" {
		return nil, fmt.Errorf("another format")
	}
	c := &chain{}
	if c.name, _, err = head.text("chain"); err != nil {
		return nil, err
	}
	if filter, ok := head["filter"]; ok {
		c.filtered = true
		var values map[string]string
		if err := json.Unmarshal(filter, &values); err != nil || values == nil {
			return nil, fmt.Errorf("the filter is not an object of texts")
		}
	}
	return c, nil
}

func (c *chain) add(text []byte) error {
	line, err := canonical(text)
	if err != nil {
		return err
	}
	switch {
	case line["record"] != nil:
		return c.record(line)
	case line["leaves"] != nil:
		return c.leftOut(line)
	case line["gone"] != nil:
		return c.removed(line)
	case line["checkpoint"] != nil:
		c.ended = true
		if err := line.only([]string{"checkpoint"}); err != nil {
			return err
		}
		return json.Unmarshal(line["checkpoint"], &c.note)
	}
	return fmt.Errorf("an unknown line")
}

func (c *chain) record(line fields) error {
	if err := line.only([]string{"leaf", "number", "record"}, "expires", "personal"); err != nil {
		return err
	}
	record, err := object(line["record"])
	if err != nil {
		return err
	}
	body := sha256.Sum256(line["record"])
	entry := map[string]interface{}{
		"at": record["at"], "body": strict.EncodeToString(body[:]), "chain": c.name, "id": record["id"], "number": line["number"],
	}
	if expires, ok := line["expires"]; ok {
		entry["expires"] = expires
	}
	written, err := json.Marshal(entry)
	if err != nil {
		return err
	}
	if written, err = jcs.Transform(written); err != nil {
		return err
	}
	leaf := tlog.RecordHash(written)
	if stated, err := hash(line["leaf"]); err != nil || stated != leaf {
		return fmt.Errorf("the record is not that of its hash")
	}
	if personal, ok := line["personal"]; ok {
		if err := fits(personal, record["digests"]); err != nil {
			return err
		}
	}
	return c.push(line, "number", leaf)
}

// Fits holds personal values against the digests that stand for them.
func fits(values, digests json.RawMessage) error {
	personal, err := object(values)
	if err != nil {
		return err
	}
	names := []string{"actor_email", "source_ip", "user_agent"}
	if err := personal.only([]string{"salt"}, names...); err != nil {
		return err
	}
	stated, err := object(digests)
	if err != nil {
		return err
	}
	text, _, err := personal.text("salt")
	if err != nil {
		return err
	}
	salt, err := strict.DecodeString(text)
	if err != nil {
		return err
	}
	for _, name := range names {
		value, ok, err := personal.text(name)
		if err != nil {
			return err
		}
		mac := hmac.New(sha256.New, salt)
		mac.Write([]byte(name + "\n" + value))
		digest, _, _ := stated.text(name)
		if ok && digest != strict.EncodeToString(mac.Sum(nil)) {
			return fmt.Errorf("%s is not what was recorded", name)
		}
	}
	return nil
}

func (c *chain) leftOut(line fields) error {
	if err := line.only([]string{"from", "leaves"}); err != nil {
		return err
	}
	var leaves []json.RawMessage
	if err := json.Unmarshal(line["leaves"], &leaves); err != nil || len(leaves) < 1 || len(leaves) > 500 || !c.filtered {
		return fmt.Errorf("records are left out wrongly")
	}
	for at, raw := range leaves {
		leaf, err := hash(raw)
		if err != nil {
			return err
		}
		if at > 0 {
			err = c.store(leaf)
		} else {
			err = c.push(line, "from", leaf)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *chain) removed(line fields) error {
	if err := line.only([]string{"gone"}); err != nil {
		return err
	}
	entry, err := object(line["gone"])
	if err != nil {
		return err
	}
	if err := entry.only([]string{"at", "body", "chain", "expires", "id", "number"}); err != nil {
		return err
	}
	if chain, _, err := entry.text("chain"); err != nil || chain != c.name {
		return fmt.Errorf("of another chain")
	}
	text, _, err := entry.text("expires")
	if err != nil {
		return err
	}
	expires, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return err
	}
	c.gone = append(c.gone, expires)
	return c.push(entry, "number", tlog.RecordHash(line["gone"]))
}

// Push adds a leaf that stands where its number says.
func (c *chain) push(line fields, name string, leaf tlog.Hash) error {
	if number, err := line.number(name); err != nil || number != c.size+1 {
		return fmt.Errorf("record %s stands where %d should", line[name], c.size+1)
	}
	return c.store(leaf)
}

func (c *chain) store(leaf tlog.Hash) error {
	stored, err := tlog.StoredHashesForRecordHash(c.size, leaf, tlog.HashReaderFunc(c.read))
	c.hashes = append(c.hashes, stored...)
	c.size++
	return err
}

func (c *chain) read(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for at, index := range indexes {
		found[at] = c.hashes[index]
	}
	return found, nil
}

func hash(raw json.RawMessage) (tlog.Hash, error) {
	var hash tlog.Hash
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return hash, err
	}
	bytes, err := strict.DecodeString(text)
	if err != nil || copy(hash[:], bytes) != len(hash) || len(bytes) != len(hash) {
		return hash, fmt.Errorf("not a hash")
	}
	return hash, nil
}

// Close holds all that was shown against what was signed.
func (c *chain) close(trusted note.Verifiers, known string, now time.Time) error {
	var newest *checkpoint
	if known != "" {
		var err error
		if newest, err = open(known, c.name, trusted); err != nil {
			return fmt.Errorf("the known checkpoint: %w", err)
		}
	}
	if c.note == nil {
		if c.size > 0 || newest != nil {
			return fmt.Errorf("nothing was signed of it")
		}
		return nil
	}
	last, err := open(*c.note, c.name, trusted)
	if err != nil {
		return err
	}
	if last.size != c.size {
		return fmt.Errorf("%d records, and %d were signed", c.size, last.size)
	}
	for _, signed := range []*checkpoint{last, newest} {
		if signed == nil {
			continue
		}
		if signed.size > c.size {
			return fmt.Errorf("%d records, and the known checkpoint covers %d", c.size, signed.size)
		}
		if root, err := tlog.TreeHash(signed.size, tlog.HashReaderFunc(c.read)); err != nil || root != signed.root {
			return fmt.Errorf("another root over %d records", signed.size)
		}
	}
	for _, expires := range c.gone {
		if expires.After(now) {
			return fmt.Errorf("gone too early")
		}
	}
	return nil
}
