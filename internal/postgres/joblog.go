package postgres

import (
	"context"
	"log/slog"
	"slices"
)

// JobLog returns a logger for River: it keeps numbers, times, and the names of jobs and queues. Errors,
// panic values and arguments may hold what people entered, and are dropped.
func JobLog(log *slog.Logger) *slog.Logger { return slog.New(jobHandler{log.Handler()}) }

type jobHandler struct{ slog.Handler }

// Enabled passes on what is wrong; that all is well, River says every few seconds.
func (h jobHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}

// Handle drops what could hold data of people.
func (h jobHandler) Handle(ctx context.Context, r slog.Record) error {
	kept := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		if harmless(a) {
			kept.AddAttrs(a)
		}
		return true
	})
	return h.Handler.Handle(ctx, kept)
}

func (h jobHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return jobHandler{h.Handler.WithAttrs(slices.DeleteFunc(slices.Clone(attrs), func(a slog.Attr) bool { return !harmless(a) }))}
}

func (h jobHandler) WithGroup(name string) slog.Handler { return jobHandler{h.Handler.WithGroup(name)} }

// harmlessWords are the keys whose text comes from this program and not from people.
var harmlessWords = []string{"kind", "job_kind", "queue", "name", "client_id", "direction", "state"}

func harmless(a slog.Attr) bool {
	switch a.Value.Kind() {
	case slog.KindBool, slog.KindInt64, slog.KindUint64, slog.KindFloat64, slog.KindDuration, slog.KindTime:
		return true
	case slog.KindString:
		return slices.Contains(harmlessWords, a.Key)
	default:
		return false
	}
}
