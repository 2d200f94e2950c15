package postgres

import (
	"context"
	"errors"
	"log/slog"
	"regexp"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// slow is how long a statement may take before it is worth a line.
const slow = 500 * time.Millisecond

// queryLog passes GORM's log to slog. It knows statements with their placeholders only: values are
// what people entered, and PostgreSQL's error texts quote values, so neither is ever logged.
type queryLog struct{ log *slog.Logger }

var (
	_ logger.Interface  = queryLog{}
	_ gorm.ParamsFilter = queryLog{}
)

// GORM's Scan records the statement with a logger of its own, which has this hook for the same purpose.
func init() { //nolint:gochecknoinits // a global of GORM
	logger.RecorderParamsFilter = queryLog{}.ParamsFilter
}

// ParamsFilter drops the values before GORM can write them into the statement.
func (l queryLog) ParamsFilter(_ context.Context, sql string, _ ...any) (string, []any) {
	return sql, nil
}

// LogMode keeps the level that slog has.
func (l queryLog) LogMode(logger.LogLevel) logger.Interface { return l }

// Info, Warn and Error take GORM's own remarks; their arguments may hold values and are dropped.
func (l queryLog) Info(ctx context.Context, message string, _ ...any) {
	l.log.DebugContext(ctx, "gorm", "remark", message)
}

// Warn is described with Info.
func (l queryLog) Warn(ctx context.Context, message string, _ ...any) {
	l.log.WarnContext(ctx, "gorm", "remark", message)
}

// Error is described with Info.
func (l queryLog) Error(ctx context.Context, message string, _ ...any) {
	l.log.ErrorContext(ctx, "gorm", "remark", message)
}

// placeholder matches what GORM makes of $1 when it has no value to put there.
var placeholder = regexp.MustCompile(`\$(\d+)\$`)

// Trace logs failed statements at debug level (whoever asked decides how grave it is) and slow ones
// as a warning.
func (l queryLog) Trace(ctx context.Context, begin time.Time, statement func() (string, int64), err error) {
	took := time.Since(begin)
	level, message := slog.LevelDebug, "statement"
	switch {
	case err != nil && !errors.Is(err, gorm.ErrRecordNotFound):
		message = "statement failed"
	case took >= slow:
		level, message = slog.LevelWarn, "slow statement"
	}
	if !l.log.Enabled(ctx, level) {
		return
	}
	text, rows := statement()
	attrs := []slog.Attr{slog.String("sql", placeholder.ReplaceAllString(text, "$$$1")), slog.Int64("rows", rows), slog.Duration("took", took)}
	if err != nil {
		attrs = append(attrs, slog.String("fault", Describe(err)))
	}
	l.log.LogAttrs(ctx, level, message, attrs...)
}
