package postgres

import (
	"errors"
	"net/url"
	"slices"
)

// libpqWords are the parameters of a URL that PostgreSQL's own programs know; they refuse others, such
// as those of the connection pool.
var libpqWords = []string{
	"host", "port", "user", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "sslnegotiation",
	"ssl_min_protocol_version", "channel_binding", "gssencmode", "connect_timeout", "target_session_attrs",
	"options", "application_name", "service", "passfile", "keepalives", "keepalives_idle",
}

// libpqURL turns a database URL into one for PostgreSQL's own programs, and takes out the password: a
// command line can be read by every user of the machine.
func libpqURL(given string) (plain, password string, err error) {
	u, err := url.Parse(given)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return "", "", errors.New("the database address must be a URL: postgres://user:password@host/database")
	}
	query := u.Query()
	password = query.Get("password")
	if given, ok := u.User.Password(); ok {
		password = given
		u.User = url.User(u.User.Username())
	}
	for word := range query {
		if !slices.Contains(libpqWords, word) {
			query.Del(word)
		}
	}
	u.RawQuery = query.Encode()
	return u.String(), password, nil
}
