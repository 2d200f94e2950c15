package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/newsletter"
	"redress/internal/supporter"
)

func importSubscribersCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "subscribers FILE.csv",
		Short: "Take over who agreed to the newsletter elsewhere",
		Long: "Read a table with the columns email, words (the sentence agreed to) and date (YYYY-MM-DD, when), and, if there are any, source,\n" +
			"lang and rhythm (daily or weekly). Each line is kept as a consent, and nobody is mailed about it. Who has the newsletter\n" +
			"already, left it here, or is left alone stays as they are; so an import that was cut off is begun anew.\n" +
			"Import only those who agreed to your newsletter: the table is your proof.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer file.Close()
			c, err := settings()
			if err != nil {
				return err
			}
			return withDatabase(cmd, func(d *database) error {
				if err := d.Migrate(cmd.Context()); err != nil {
					return err
				}
				box, err := secretBox(cmd.Context(), c, d)
				if err != nil {
					return err
				}
				letters := newsletter.New(newsletter.Options{
					DB: d.DB, Box: box, Supporters: supporter.New(d.DB, box, time.Now), BaseURL: c.BaseURL, Zone: c.Location,
				})
				return importSubscribers(cmd.Context(), file, letters.Import, cmd.OutOrStdout(), sayLine)
			})
		},
	}
}

// sayEvery is after how many lines an import says how far it is.
const sayEvery = 1000

// importSubscribers takes a table line by line. A line that can't be taken is named by its number, never by what it holds, and the
// others are taken all the same; the error says that some were not.
func importSubscribers(ctx context.Context, in io.Reader, take func(context.Context, newsletter.Import) (newsletter.Taken, error), out io.Writer, say func(string)) error {
	table := csv.NewReader(in)
	head, err := table.Read()
	if err != nil {
		return errors.New("the table has no head line that can be read as CSV")
	}
	at := map[string]int{}
	for i, name := range head {
		at[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))] = i
	}
	for _, needed := range []string{"email", "words", "date"} {
		if _, ok := at[needed]; !ok {
			return fmt.Errorf("the table has no column %q", needed)
		}
	}
	counts, wrong := map[newsletter.Taken]int{}, 0
	for n := 1; ; n++ {
		cells, err := table.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			return fmt.Errorf("line %d can't be read as CSV", broken.Line) // the parser's own words are kept back: they may quote it
		}
		if err != nil {
			return err
		}
		line, _ := table.FieldPos(0)
		taken, err := take(ctx, subscriberOf(cells, at))
		switch {
		case fault.KindOf(err) == fault.KindInvalid:
			wrong++
			say(fmt.Sprintf("line %d is left out: %s", line, reasonOf(ctx, err)))
		case err != nil:
			return fmt.Errorf("line %d: %w", line, err)
		default:
			counts[taken]++
		}
		if n%sayEvery == 0 {
			say(fmt.Sprintf("%d lines", n))
		}
	}
	for _, taken := range []newsletter.Taken{newsletter.TakenNew, newsletter.TakenAlready, newsletter.TakenLeft, newsletter.TakenSuppressed} {
		if _, err := fmt.Fprintf(out, "%s: %d\n", taken, counts[taken]); err != nil {
			return err
		}
	}
	if wrong > 0 {
		return fmt.Errorf("lines that were left out: %d", wrong)
	}
	return nil
}

func subscriberOf(cells []string, at map[string]int) newsletter.Import {
	cell := func(name string) string {
		i, ok := at[name]
		if !ok || i >= len(cells) {
			return ""
		}
		return strings.TrimSpace(cells[i])
	}
	given, err := time.Parse(time.DateOnly, cell("date"))
	if err != nil {
		given = time.Time{} // the newsletter says what is wrong with it
	}
	i := newsletter.Import{Email: cell("email"), Words: cell("words"), Given: given, Source: cell("source"), Lang: cell("lang"), Rhythm: cell("rhythm")}
	if i.Lang == "" {
		i.Lang = i18n.Default
	}
	return i
}

// reasonOf is a fault's message, of which none quotes what was entered.
func reasonOf(ctx context.Context, err error) string {
	f, _ := fault.As(err)
	if len(f.Fields) > 0 {
		return i18n.T(ctx, f.Fields[0].Key)
	}
	return i18n.T(ctx, f.Key)
}
