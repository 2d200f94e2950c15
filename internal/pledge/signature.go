package pledge

import (
	"time"

	"github.com/google/uuid"

	"redress/internal/seal"
)

// The states of a signature.
const (
	Pending   = "pending"   // waits for its mailbox
	Confirmed = "confirmed" // counted
	Held      = "held"      // set aside by staff; not counted
	Withdrawn = "withdrawn" // taken back; no longer counted, and its person is gone
)

// Signature is one name under a pledge. The row holds no personal data in
// clear: keyed hashes find duplicates, the name is in signature_person.
type Signature struct {
	ID           uuid.UUID `gorm:"primaryKey"`
	Pledge       string    // the slug
	Lang         string    // the language that its mails speak
	State        string
	SignerKey    []byte // one per pledge
	MailboxKey   []byte // at most MailboxSlots confirmed per pledge
	KeyVersion   int16
	MailboxSlot  *int16 // 1 or 2, given by confirming; nil before, and once withdrawn
	StateCode    string // "CO"; empty: unknown
	ShowName     bool   // agreed that first name and state are shown
	UpdatesWords string // the sentence agreed to for updates; empty: not asked for. Becomes a consent when confirmed
	Epoch        int32  // raised to revoke tokens
	CreatedAt    time.Time
	ConfirmedAt  *time.Time
	CounterSlot  *int16     // which slot of pledge_counter counts it
	ToldAt       *time.Time // when its mailbox was last told "you already signed"
	FullToldAt   *time.Time // when its mailbox was last told that two people have signed from it
	Origin       string     `gorm:"default:form"` // how it was taken: OriginForm, OriginImport, OriginDemo
	Source       string     // the code that its form carried; empty: none
}

// How a signature was taken.
const (
	OriginForm   = "form"   // here, confirmed by its mailbox
	OriginImport = "import" // elsewhere, before; the center vouches for it
	OriginDemo   = "demo"   // nobody's: made to try the program
)

const (
	// MailboxSlots is how many people may sign one pledge from one mailbox.
	MailboxSlots = 2

	// MailboxWaiting is how many signatures of one pledge may wait for one
	// mailbox at a time. Anybody can type its address, so a new one makes the
	// oldest go and none is turned away.
	MailboxWaiting = 8
)

// Person is who signed, sealed; deleted with the signature.
type Person struct {
	SignatureID uuid.UUID `gorm:"primaryKey"`
	GivenName   seal.Text
	FamilyName  seal.Text
	Email       seal.Text // as typed; the mail goes there
	Zip         seal.Text
}

// TableName keeps the person's table beside its signature's.
func (Person) TableName() string { return "signature_person" }

// Counter is a part of a pledge's count. The count is the sum over the slots;
// each node adds to one of its own, so that nodes don't queue for one row.
type Counter struct {
	Pledge    string `gorm:"primaryKey"`
	Slot      int16  `gorm:"primaryKey"`
	Confirmed int64
	Erased    int64 // of Confirmed, those whose rows are gone: deleted after closing, counted still
}

// TableName says whose counter it is.
func (Counter) TableName() string { return "pledge_counter" }

// CounterNode says which node counts in a slot, until when unless it says so
// again.
type CounterNode struct {
	Slot      int16 `gorm:"primaryKey"`
	Node      uuid.UUID
	HeldUntil time.Time
}

// TableName says whose node it is.
func (CounterNode) TableName() string { return "pledge_counter_node" }
