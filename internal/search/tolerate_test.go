package search_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
	"redress/internal/search"
)

func TestWithoutTheExtensionTheSearchGoesOn(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	s := search.New(db)
	put(t, db, "standing", "Standing", "The right to sue.", "A plaintiff needs it.")
	if able, err := s.Tolerant(t.Context()); err != nil || !able {
		t.Fatalf("with the extension: %v, %v", able, err)
	}
	exec(t, db, `DROP EXTENSION pg_trgm CASCADE`)
	if able, err := s.Tolerant(t.Context()); err != nil || able {
		t.Errorf("without the extension: %v, %v", able, err)
	}
	if a := find(t, s, "plaintiffs"); a.How != search.HowAsked {
		t.Errorf("words as they are: %+v", a)
	}
	if a := find(t, s, "plainttif"); a.How != search.HowNot {
		t.Errorf("a typing error: %+v", a)
	}
	if a := find(t, s, "plainttif standing"); a.How != search.HowSome {
		t.Errorf("some of the words: %+v", a)
	}
	if found, err := s.Suggest(t.Context(), "standnig"); err != nil || len(found) > 0 {
		t.Errorf("suggested %+v, %v", found, err)
	}
	if found, err := s.Suggest(t.Context(), "stan"); err != nil || len(found) != 1 {
		t.Errorf("suggested %+v, %v", found, err)
	}
	put(t, db, "remand", "Remand", "To send back.", "An appellate court does so.")
	if able, err := s.Tolerate(t.Context()); err != nil || !able {
		t.Fatalf("installed again: %v, %v", able, err)
	}
	for typed, meant := range map[string]string{"plainttif": "plaintiff", "apellate": "appellate"} {
		if a := find(t, s, typed); a.Meant != meant {
			t.Errorf("%q means %q", typed, a.Meant)
		}
	}
}

// as is the address of a database for another of its roles.
func as(t *testing.T, address, role string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("options", "-c role="+role)
	u.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
	return u.String()
}

func TestMigratesForWhomThereIsNoExtensionAndForAnOwner(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		grant string
		able  bool
	}{
		"owner": {"ALTER DATABASE %d OWNER TO %r", true},
		"guest": {"GRANT ALL ON SCHEMA public TO %r", false}, // may create tables, but no extension
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := postgrestest.EmptyURL(t)
			conn, err := pgx.Connect(t.Context(), address)
			if err != nil {
				t.Fatal(err)
			}
			database := conn.Config().Database
			role := "role_" + strings.ReplaceAll(database, "-", "_")
			t.Cleanup(func() {
				_, _ = conn.Exec(context.Background(), "DROP OWNED BY "+role+" CASCADE")
				_, _ = conn.Exec(context.Background(), `ALTER DATABASE "`+database+`" OWNER TO CURRENT_USER`)
				_, _ = conn.Exec(context.Background(), "DROP ROLE "+role)
				_ = conn.Close(context.Background())
			})
			grant := strings.NewReplacer("%d", `"`+database+`"`, "%r", role).Replace(c.grant)
			for _, statement := range []string{"CREATE ROLE " + role + " NOLOGIN", grant} {
				if _, err := conn.Exec(t.Context(), statement); err != nil {
					t.Fatal(err)
				}
			}
			db, err := postgres.Open(t.Context(), postgres.Options{URL: as(t, address, role), MaxConns: 4})
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatalf("the start fails: %v", err)
			}
			s := search.New(db)
			if able, err := s.Tolerant(t.Context()); err != nil || able != c.able {
				t.Errorf("forgives typing errors: %v, %v", able, err)
			}
			if able, err := s.Tolerate(t.Context()); err != nil || able != c.able {
				t.Errorf("asked again: %v, %v", able, err)
			}
			put(t, db, "standing", "Standing", "The right to sue.", "A plaintiff needs it.")
			if a := find(t, s, "plaintiff"); a.How != search.HowAsked {
				t.Errorf("found %+v", a)
			}
		})
	}
}
