package pagecache

// order decides which page goes when there is no room, at a cost that doesn't
// grow with their number: a queue in which a page that was used again since it
// joined joins once more instead of going (second chance). The cache's mu guards
// it.
type order struct {
	front, back *Entry // who came last, and who is next to go
}

func (o *order) add(e *Entry) {
	e.behind = o.front
	if o.front != nil {
		o.front.before = e
	} else {
		o.back = e
	}
	o.front = e
}

func (o *order) remove(e *Entry) {
	if e.before != nil {
		e.before.behind = e.behind
	} else {
		o.front = e.behind
	}
	if e.behind != nil {
		e.behind.before = e.before
	} else {
		o.back = e.before
	}
	e.before, e.behind = nil, nil
}

// next is the entry to drop; there must be one. Whoever joins again counts as
// unused, so that it ends after one round.
func (o *order) next() *Entry {
	for o.back.usedAgain() {
		again := o.back
		o.remove(again)
		o.add(again)
	}
	return o.back
}
