package i18n_test

import (
	"context"
	"testing"
	"time"

	"redress/internal/i18n"
)

func TestFormats(t *testing.T) {
	ctx := context.Background()
	denver := time.FixedZone("MST", -7*3600)
	at := time.Date(2026, 11, 20, 14, 2, 0, 0, denver)
	for got, want := range map[string]string{
		i18n.Number(ctx, 12408):                      "12,408",
		i18n.Number(ctx, 1000):                       "1,000",
		i18n.Number(ctx, -1000):                      "-1,000",
		i18n.Number(ctx, 999):                        "999",
		i18n.Number(ctx, -999):                       "-999",
		i18n.Number(ctx, 0):                          "0",
		i18n.Date(ctx, at):                           "November 20, 2026",
		i18n.MonthDay(ctx, at):                       "November 20",
		i18n.Clock(ctx, at):                          "2:02 p.m.",
		i18n.Clock(ctx, at.Add(-14*time.Hour)):       "12:02 a.m.",
		i18n.DateTime(ctx, at):                       "November 20, 2026, 2:02 p.m. MST",
		i18n.T(ctx, "format.none_such"):              "format.none_such",
		i18n.T(i18n.With(ctx, "xx"), "format.march"): "March",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
