// Package fault is the one vocabulary of errors that reach a person. Subjects
// return a *Error; the web and API layers turn its Kind into a status and its
// Key into a sentence. A cause is for the operator's log and is never shown.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Kind says what sort of trouble an error is, and so which status it becomes.
type Kind uint8

// The kinds, with the HTTP status that the web and API layers give each.
const (
	KindInternal    Kind = iota // 500: our mistake
	KindInvalid                 // 422: what was entered can't be taken as it is
	KindNotFound                // 404: nothing is there, or not for this token
	KindConflict                // 409: the state has moved on
	KindForbidden               // 403: not allowed to this caller
	KindBusy                    // 429: too much, too fast
	KindUnavailable             // 503: something that we need is away
)

var kindNames = [...]string{"internal", "invalid", "not_found", "conflict", "forbidden", "busy", "unavailable"}

// String is the kind as logs and problem documents name it.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "internal"
}

// Field is one field of a form that can't be taken as it is. Args are i18n
// pairs for Key; they must hold nothing that a visitor typed.
type Field struct {
	Name string
	Key  string
	Args []any
}

// Error is an error with a message for the person it concerns. Its Error text
// names kind, key, fields and cause, never a value that was entered.
type Error struct {
	Kind       Kind
	Key        string // i18n key of the sentence shown
	Args       []any  // i18n pairs for Key
	Fields     []Field
	RetryAfter time.Duration // for Busy and Unavailable; 0: unknown
	Cause      error
}

// Error says what happened, for the log.
func (e *Error) Error() string {
	text := e.Kind.String() + " (" + e.Key + ")"
	for _, f := range e.Fields {
		text += " " + f.Name + ":" + f.Key
	}
	if e.Cause != nil {
		text = fmt.Sprintf("%s: %v", text, e.Cause)
	}
	return text
}

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Cause }

// Because returns e with its cause set, for the log.
func (e *Error) Because(cause error) *Error {
	e.Cause = cause
	return e
}

// With returns e with i18n pairs for its message.
func (e *Error) With(pairs ...any) *Error {
	e.Args = append(e.Args, pairs...)
	return e
}

// Invalid is about what was entered; fields name what to change.
func Invalid(key string, fields ...Field) *Error {
	return &Error{Kind: KindInvalid, Key: key, Fields: fields}
}

// NotFound is about a thing or page that isn't there.
func NotFound(key string) *Error { return &Error{Kind: KindNotFound, Key: key} }

// Conflict is about a state that has moved on.
func Conflict(key string) *Error { return &Error{Kind: KindConflict, Key: key} }

// Forbidden is about something this caller may not do.
func Forbidden(key string) *Error { return &Error{Kind: KindForbidden, Key: key} }

// Busy asks the caller to come back after the given time.
func Busy(key string, after time.Duration) *Error {
	return &Error{Kind: KindBusy, Key: key, RetryAfter: after}
}

// Unavailable is about something that we need and that is away.
func Unavailable(key string, cause error) *Error {
	return &Error{Kind: KindUnavailable, Key: key, Cause: cause}
}

// As finds the *Error in err's chain.
func As(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// KindOf is the kind of the *Error in err's chain, KindInternal when there is none.
func KindOf(err error) Kind {
	if e, ok := As(err); ok {
		return e.Kind
	}
	return KindInternal
}
