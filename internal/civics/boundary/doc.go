// Package boundary is the geometry of congressional districts: it reads their
// published boundaries, keeps them in one compact form and answers, from memory,
// which district a point lies in, which ones run close to it, and what a
// district looks like on a small map.
//
// A [Set] is the districts of one Congress as their source has them: vertices
// stay on the source's own integer grid and lines that two districts share stay
// shared. [Read] makes it of a published file, [Decode] of the bytes that
// [Set.Encode] wrote. An [Index] is made of a Set and answers; it is never
// changed and may be used by many at once.
//
// Points are never kept, logged or put into an error.
package boundary
