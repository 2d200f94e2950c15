package cwc

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"redress/internal/civics"
)

var errList = errors.New("it is no list of offices")

// readOffices reads a service's list of offices. How it is written is not known
// for sure, so whatever holds codes is taken: JSON or XML, codes alone or in
// objects with a name, keyed by code or not. What is marked as inactive is left
// out. A list without a single code is an error: rather than no office, it is
// something else, a page that says "closed" say.
func readOffices(chamber civics.Chamber, raw []byte) ([]Office, error) {
	raw = bytes.TrimPrefix(bytes.TrimSpace(raw), []byte("\xef\xbb\xbf"))
	var tree any
	if bytes.HasPrefix(raw, []byte("<")) {
		root, err := parse(raw, false)
		if err != nil {
			return nil, errList
		}
		tree = root.tree()
	} else if json.Unmarshal(raw, &tree) != nil {
		return nil, errList
	}
	r := &listReader{chamber: chamber, byCode: map[string]Office{}}
	r.read(tree, 0)
	if len(r.byCode) == 0 {
		return nil, errList
	}
	list := make([]Office, 0, len(r.byCode))
	for _, o := range r.byCode {
		list = append(list, o)
	}
	slices.SortFunc(list, func(a, b Office) int { return strings.Compare(a.Code, b.Code) })
	return list, nil
}

// tree is an XML element in the shape that JSON has.
func (n *node) tree() any {
	if len(n.children) == 0 && len(n.attrs) == 0 {
		return strings.TrimSpace(n.text)
	}
	fields := map[string]any{}
	for name, value := range n.attrs {
		fields[name] = value
	}
	if text := strings.TrimSpace(n.text); text != "" {
		fields["text"] = text
	}
	for _, child := range n.children {
		switch known := fields[child.name].(type) {
		case nil:
			fields[child.name] = child.tree()
		case []any:
			fields[child.name] = append(known, child.tree())
		default:
			fields[child.name] = []any{known, child.tree()}
		}
	}
	return fields
}

type listReader struct {
	chamber civics.Chamber
	byCode  map[string]Office
}

func (r *listReader) read(value any, depth int) {
	if depth > deepest {
		return
	}
	switch v := value.(type) {
	case string:
		if code, ok := officeCode(r.chamber, v); ok {
			r.add(Office{Code: code})
		}
	case []any:
		for _, each := range v {
			r.read(each, depth+1)
		}
	case map[string]any:
		if r.readObject(v) {
			return
		}
		for key, each := range v {
			r.readEntry(key, each, depth+1)
		}
	}
}

// readObject takes an object that tells of one office: it has a code among its
// fields.
func (r *listReader) readObject(fields map[string]any) bool {
	var o Office
	var names []string
	for _, key := range sortedKeys(fields) {
		text, isText := fields[key].(string)
		if isText {
			code, ok := officeCode(r.chamber, text)
			switch {
			case ok && o.Code != "" && o.Code != code:
				return false // several offices side by side
			case ok:
				o.Code = code
				continue
			}
		}
		switch folded := strings.ToLower(key); {
		case isText && strings.Contains(folded, "bioguide"):
			o.Bioguide = strings.ToUpper(strings.TrimSpace(text))
		case isText && (strings.Contains(folded, "name") || strings.Contains(folded, "member") || strings.Contains(folded, "senator")):
			names = append(names, strings.TrimSpace(text))
		}
	}
	if o.Code == "" {
		return false
	}
	if !inactive(fields) {
		o.Name = strings.Join(names, " ")
		r.add(o)
	}
	return true
}

// readEntry takes what is keyed by an office's code, or looks deeper.
func (r *listReader) readEntry(key string, value any, depth int) {
	code, ok := officeCode(r.chamber, key)
	if !ok {
		r.read(value, depth)
		return
	}
	o := Office{Code: code}
	switch v := value.(type) {
	case bool:
		if !v {
			return
		}
	case string:
		o.Name = strings.TrimSpace(v)
	case map[string]any:
		v["code"] = code
		r.readObject(v)
		return
	}
	r.add(o)
}

// add keeps what tells the most of an office that is listed twice.
func (r *listReader) add(o Office) {
	known := r.byCode[o.Code]
	if o.Name == "" {
		o.Name = known.Name
	}
	if o.Bioguide == "" {
		o.Bioguide = known.Bioguide
	}
	r.byCode[o.Code] = o
}

// inactive tells whether an object says of itself that it doesn't count.
func inactive(fields map[string]any) bool {
	for key, value := range fields {
		switch strings.ToLower(key) {
		case "active", "is_active", "isactive", "enabled", "status":
		default:
			continue
		}
		switch v := value.(type) {
		case bool:
			if !v {
				return true
			}
		case float64:
			if v == 0 {
				return true
			}
		case string:
			switch strings.ToLower(strings.TrimSpace(v)) {
			case "false", "0", "n", "no", "off", "inactive", "disabled":
				return true
			}
		}
	}
	return false
}

func sortedKeys(fields map[string]any) []string {
	keys := make([]string, 0, len(fields))
	for key := range fields {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
