package main

import (
	"context"
	"errors"
	"testing"
)

// main ends with 0 when it was asked to stop; a bounce that is half taken in must
// be brought again all the same.
func TestABounceThatIsCutOffIsBroughtAgain(t *testing.T) {
	t.Setenv("REDRESS_BOUNCES", "bounces@act.example.org")
	t.Setenv("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")
	t.Setenv("REDRESS_SECRET", "a secret of a test, of some length")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	cmd := root()
	cmd.SetArgs([]string{"bounce"})
	err := cmd.ExecuteContext(ctx)
	if err == nil || errors.Is(err, context.Canceled) || exitCode(err) != exitNotNow {
		t.Errorf("%d %v", exitCode(err), err)
	}
	if code := exitCode(errors.New("anything else")); code != exitFailure {
		t.Errorf("another error ends with %d", code)
	}
}
