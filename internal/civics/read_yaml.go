package civics

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"go.yaml.in/yaml/v3"
)

const (
	// maxYAML bounds one YAML file; the largest published one is under 4 MB. A
	// parsed file takes many times its size in memory.
	maxYAML = 16 << 20
	// maxNesting bounds how deep values lie in one another, and so an alias that
	// leads to itself.
	maxNesting = 64
)

// ReadCongressYAML reads the members of Congress as the repository of
// congress-legislators keeps them. It gives what ReadCongress gives for the same
// files as JSON.
func ReadCongressYAML(files CongressFiles, asOf time.Time) (Tables, error) {
	for _, file := range []struct {
		name string
		r    *io.Reader
	}{
		{"legislators", &files.Legislators}, {"district offices", &files.Offices}, {"committees", &files.Committees},
		{"membership", &files.Membership}, {"social media", &files.Social},
	} {
		if *file.r == nil {
			continue
		}
		text, err := jsonOfYAML(*file.r)
		if err != nil {
			return Tables{}, fmt.Errorf("%s: %w", file.name, err)
		}
		*file.r = bytes.NewReader(text)
	}
	return ReadCongress(files, asOf)
}

// jsonOfYAML writes one YAML document as JSON. A date stays the text it is
// written as, and so does a number that JSON would write in another way (a ZIP
// code that begins with 0). What aliases repeat counts towards the bound of a
// file each time.
func jsonOfYAML(r io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxYAML+1))
	if err != nil {
		return nil, err
	}
	if len(raw) > maxYAML {
		return nil, errors.New("the file is too large")
	}
	d := yaml.NewDecoder(bytes.NewReader(raw))
	var document, next yaml.Node
	if err := d.Decode(&document); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, errors.New("the file is empty")
		}
		return nil, err
	}
	if err := d.Decode(&next); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the YAML document")
	}
	w := jsonWriter{}
	if err := w.value(&document, 0); err != nil {
		return nil, err
	}
	return w.Bytes(), nil
}

// jsonWriter writes YAML nodes as JSON.
type jsonWriter struct{ bytes.Buffer }

func (w *jsonWriter) value(n *yaml.Node, depth int) error {
	switch {
	case depth > maxNesting:
		return fmt.Errorf("line %d: values lie too deep in one another", n.Line)
	case w.Len() > maxFile:
		return fmt.Errorf("line %d: aliases make the file too large", n.Line)
	}
	switch n.Kind {
	case yaml.DocumentNode:
		return w.value(n.Content[0], depth+1)
	case yaml.AliasNode:
		return w.value(n.Alias, depth+1)
	case yaml.SequenceNode:
		return w.list('[', ']', len(n.Content), func(i int) error { return w.value(n.Content[i], depth+1) })
	case yaml.MappingNode:
		return w.list('{', '}', len(n.Content)/2, func(i int) error {
			key := n.Content[2*i]
			if key.Kind != yaml.ScalarNode {
				return fmt.Errorf("line %d: a key is no text", key.Line)
			}
			w.text(key.Value)
			w.WriteByte(':')
			return w.value(n.Content[2*i+1], depth+1)
		})
	case yaml.ScalarNode:
		w.scalar(n)
		return nil
	}
	return fmt.Errorf("line %d: the value can't be read", n.Line)
}

func (w *jsonWriter) list(begin, end byte, n int, item func(i int) error) error {
	w.WriteByte(begin)
	for i := range n {
		if i > 0 {
			w.WriteByte(',')
		}
		if err := item(i); err != nil {
			return err
		}
	}
	w.WriteByte(end)
	return nil
}

func (w *jsonWriter) scalar(n *yaml.Node) {
	switch tag := n.ShortTag(); {
	case tag == "!!null":
		w.WriteString("null")
	case tag == "!!bool" && json.Valid([]byte(n.Value)),
		(tag == "!!int" || tag == "!!float") && json.Valid([]byte(n.Value)):
		w.WriteString(n.Value)
	default:
		w.text(n.Value)
	}
}

func (w *jsonWriter) text(s string) {
	quoted, err := json.Marshal(s)
	if err != nil { // no string fails
		quoted = []byte(`""`)
	}
	w.Write(quoted)
}
