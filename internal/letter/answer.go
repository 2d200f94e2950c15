package letter

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"redress/internal/fault"
	"redress/internal/postgres"
)

// Answer is what a writer told of an office's answer.
type Answer string

// The answers. AnswerUntold: the writer has told nothing.
const (
	AnswerUntold Answer = ""
	AnswerYes    Answer = "yes"
	AnswerNo     Answer = "no"
)

// askAfter is how long after confirming a writer is asked whether they were
// answered.
const askAfter = 14 * 24 * time.Hour

// arrived are the states of a letter that an office can have answered.
var arrived = []State{Sent, DoneByYou}

// Answered notes whether an office answered, as the holder of a receipt tells.
// Telling the same twice changes nothing; the other answer takes the place of the
// first. A delivery of another message, or one that no office got, is
// fault.NotFound.
func (l *Letters) Answered(ctx context.Context, token string, delivery uuid.UUID, answer Answer) error {
	if answer != AnswerYes && answer != AnswerNo {
		return fault.Invalid("messages.answer.choose")
	}
	d, err := l.deliveryFor(ctx, token, delivery)
	if err != nil {
		return err
	}
	if !slices.Contains(arrived, d.State) {
		return fault.NotFound("letter.delivery.unknown")
	}
	return l.db.InTx(ctx, func(tx *postgres.Tx) error {
		return noteAnswer(ctx, tx, delivery, answer, l.now().UTC())
	})
}
