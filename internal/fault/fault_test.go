package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"redress/internal/fault"
)

func TestKindSurvivesWrapping(t *testing.T) {
	cause := errors.New("connection reset")
	err := fmt.Errorf("signing: %w", fault.Unavailable("errors.away", cause))
	if got := fault.KindOf(err); got != fault.KindUnavailable {
		t.Fatalf("kind = %v", got)
	}
	if !errors.Is(err, cause) {
		t.Fatal("the cause is lost")
	}
	if fault.KindOf(cause) != fault.KindInternal || fault.KindOf(nil) != fault.KindInternal {
		t.Fatal("a foreign error must count as internal")
	}
}

func TestErrorNamesFieldsAndCause(t *testing.T) {
	err := fault.Invalid("pledge.invalid", fault.Field{Name: "zip", Key: "form.zip"}).Because(errors.New("short"))
	if got, want := err.Error(), "invalid (pledge.invalid) zip:form.zip: short"; got != want {
		t.Fatalf("%q, want %q", got, want)
	}
}
