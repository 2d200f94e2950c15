package letter

// Answer is what a writer told of an office's answer.
type Answer string

// The answers. AnswerUntold: the writer has told nothing.
const (
	AnswerUntold Answer = ""
	AnswerYes    Answer = "yes"
	AnswerNo     Answer = "no"
)
