package boundary

import (
	"errors"
	"strconv"
)

// numbers walks nested JSON arrays of numbers without building them first: a
// general decoder would make a slice for every point, and of a hostile file many
// times its size.
type numbers struct {
	rest []byte
	buf  []float64
}

var errNumbers = errors.New("coordinates are not arrays of numbers")

func (n *numbers) space() {
	i := 0
	for i < len(n.rest) && (n.rest[i] == ' ' || n.rest[i] == '\t' || n.rest[i] == '\n' || n.rest[i] == '\r') {
		i++
	}
	n.rest = n.rest[i:]
}

func (n *numbers) take(c byte) bool {
	n.space()
	if len(n.rest) == 0 || n.rest[0] != c {
		return false
	}
	n.rest = n.rest[1:]
	return true
}

// list reads an array and calls item where each of its elements begins.
func (n *numbers) list(item func() error) error {
	if !n.take('[') {
		return errNumbers
	}
	if n.take(']') {
		return nil
	}
	for {
		if err := item(); err != nil {
			return err
		}
		if n.take(']') {
			return nil
		}
		if !n.take(',') {
			return errNumbers
		}
	}
}

// number reads one number; strconv refuses what is none, overflow among it.
func (n *numbers) number() (float64, error) {
	n.space()
	i := 0
	for i < len(n.rest) && i < 64 {
		c := n.rest[i]
		if (c < '0' || c > '9') && c != '-' && c != '+' && c != '.' && c != 'e' && c != 'E' {
			break
		}
		i++
	}
	v, err := strconv.ParseFloat(string(n.rest[:i]), 64)
	if err != nil {
		return 0, errNumbers
	}
	n.rest = n.rest[i:]
	return v, nil
}

// position reads one point: at least two numbers, of which the first two count.
func (n *numbers) position() ([2]float64, error) {
	n.buf = n.buf[:0]
	err := n.list(func() error {
		v, err := n.number()
		if len(n.buf) < 4 {
			n.buf = append(n.buf, v)
		}
		return err
	})
	if err != nil || len(n.buf) < 2 {
		return [2]float64{}, errNumbers
	}
	return [2]float64{n.buf[0], n.buf[1]}, nil
}

// end makes sure that nothing follows.
func (n *numbers) end() error {
	if n.space(); len(n.rest) > 0 {
		return errNumbers
	}
	return nil
}
