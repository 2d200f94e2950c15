package mail

import (
	"database/sql/driver"
	"encoding/json"
	"strings"

	"github.com/google/uuid"
)

// Keys are the keys of a mail's paces, as PostgreSQL keeps lists of text.
type Keys []string

// GormDataType names the column's type.
func (Keys) GormDataType() string { return "text[]" }

// Value writes the list as PostgreSQL reads it.
func (k Keys) Value() (driver.Value, error) {
	var b strings.Builder
	b.WriteByte('{')
	for i, key := range k {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('"')
		b.WriteString(strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(key))
		b.WriteByte('"')
	}
	b.WriteByte('}')
	return b.String(), nil
}

// Scan reads a list as PostgreSQL writes it.
func (k *Keys) Scan(value any) error {
	var text string
	switch v := value.(type) {
	case nil:
		*k = nil
		return nil
	case string:
		text = v
	case []byte:
		text = string(v)
	default:
		return trouble("a list of keys is not text")
	}
	list, ok := readList(text)
	if !ok {
		return trouble("a list of keys can't be read")
	}
	*k = list
	return nil
}

// readList reads a one-dimensional array of text.
func readList(text string) (Keys, bool) {
	if len(text) < 2 || text[0] != '{' || text[len(text)-1] != '}' {
		return nil, false
	}
	inner := text[1 : len(text)-1]
	var list Keys
	for inner != "" {
		item, rest, ok := readItem(inner)
		if !ok {
			return nil, false
		}
		list = append(list, item)
		if rest == "" {
			return list, true
		}
		if inner, ok = strings.CutPrefix(rest, ","); !ok || inner == "" {
			return nil, false
		}
	}
	return list, true
}

func readItem(text string) (item, rest string, ok bool) {
	if text[0] != '"' {
		end := strings.IndexByte(text, ',')
		if end < 0 {
			end = len(text)
		}
		return text[:end], text[end:], end > 0 && !strings.ContainsAny(text[:end], `{}"\`)
	}
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '"':
			return b.String(), text[i+1:], true
		case '\\':
			if i++; i == len(text) {
				return "", "", false
			}
		}
		b.WriteByte(text[i])
	}
	return "", "", false
}

// idList is a list of ids as one value, so that a statement's text is the same for every number of them.
func idList(ids []uuid.UUID) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = id.String()
	}
	return "{" + strings.Join(texts, ",") + "}"
}

func idsOf(mails []Mail) string {
	ids := make([]uuid.UUID, len(mails))
	for i, m := range mails {
		ids[i] = m.ID
	}
	return idList(ids)
}

// table is rows as one value, for jsonb_to_recordset.
func table[T any](rows []T) (string, error) {
	text, err := json.Marshal(rows)
	return string(text), err
}
