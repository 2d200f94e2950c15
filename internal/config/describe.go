package config

import (
	"net/url"
	"reflect"
	"strconv"
	"strings"
)

// Setting is one setting as `redress doctor` prints it. Secrets and passwords
// are never in Value.
type Setting struct {
	Name  string
	Value string
	Set   bool // in the environment, rather than by default
}

// Describe lists the settings in the order of the struct.
func (c *Config) Describe(vars map[string]string) []Setting {
	v := reflect.ValueOf(*c)
	var out []Setting
	for _, s := range settings() {
		text := reflectText(v.FieldByName(s.field))
		_, set := vars[s.name]
		switch s.name {
		case "REDRESS_SECRET":
			text = presence(c.Secret)
		case "REDRESS_CWC_HOUSE_KEY", "REDRESS_CWC_SENATE_KEY":
			text = presence(text)
		case "DATABASE_URL", "REDRESS_SMTP_URL", "REDRESS_BOUNCES_IMAP":
			text = withoutPassword(text)
		}
		out = append(out, Setting{Name: s.name, Value: text, Set: set})
	}
	return out
}

type setting struct{ field, name, form string }

// settings reads the names of the settings off the struct, so that there is
// one list of them.
func settings() []setting {
	var out []setting
	t := reflect.TypeFor[Config]()
	for i := range t.NumField() {
		f := t.Field(i)
		name := f.Tag.Get("env")
		if name == "" || name == "-" {
			continue
		}
		form := "text"
		switch f.Type {
		case reflect.TypeFor[int]():
			form = "a whole number"
		case reflect.TypeFor[Switch]():
			form = `"on" or "off"`
		}
		out = append(out, setting{f.Name, name, form})
	}
	return out
}

func reflectText(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case Switch:
		if x {
			return "on"
		}
		return "off"
	case []string:
		return strings.Join(x, ",")
	case Delivery:
		return string(x)
	case CWCMode:
		return string(x)
	case Challenge:
		return string(x)
	case string:
		return x
	}
	if v.CanInt() {
		return strconv.FormatInt(v.Int(), 10)
	}
	return ""
}

func presence(s string) string {
	if s == "" {
		return ""
	}
	return "(set)"
}

func withoutPassword(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "(unreadable)"
	}
	if u.User != nil {
		u.User = url.User(u.User.Username())
	}
	u.RawQuery = ""
	return u.String()
}
