package letter

import "redress/internal/letter/screen"

// ScreenText is what Screen judges.
type ScreenText = screen.Text

// Finding is why a letter is held for a person to read. It holds no word of it.
type Finding = screen.Finding

// The rules of a Finding.
const (
	RuleThreat  = screen.Threat
	RuleSlur    = screen.Slur
	RuleAddress = screen.Address
)

// Screen finds threats of violence, slurs and private addresses in a letter. What
// it leans to, and what it can't do, stands with screen.Find.
func Screen(t ScreenText) []Finding { return screen.Find(t) }
