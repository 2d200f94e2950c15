package telemetry

import (
	"io"
	"log/slog"
	"os"
)

// NewLogger is the program's log: readable lines on a terminal, JSON elsewhere.
func NewLogger(w io.Writer) *slog.Logger {
	if file, ok := w.(*os.File); ok && isTerminal(file) {
		return slog.New(slog.NewTextHandler(w, nil))
	}
	return slog.New(slog.NewJSONHandler(w, nil))
}

func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
