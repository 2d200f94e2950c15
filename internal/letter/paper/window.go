package paper

// Where things stand on the page, in points (1/72 in) from its top left corner.
//
// The envelope is a #10, 9½ × 4⅛ in, with the usual left window: 4½ × 1⅛ in,
// ⅞ in from its left edge and ½ in from its bottom. Seen from the envelope's top
// left corner, the window reaches from x = 0.875 to 5.375 in and from
// y = 4.125 − 0.5 − 1.125 = 2.5 to 3.625 in.
//
// The page is folded in thirds, the bottom one up and the top one back, so that
// the top third shows: 8½ in wide, 11/3 = 3.667 in high, its lower edge the fold.
// The envelope leaves it 9½ − 8½ = 1 in of room sideways and 4⅛ − 3.667 = 0.458 in
// upward. Lying s in from the envelope's left edge and u in above its bottom
// (0 ≤ s ≤ 1, 0 ≤ u ≤ 0.458), a point (x, y) of the page shows at (x + s, y + 0.458 − u).
//
// It shows in the window wherever the page lies, and not only within the usual
// ¼ in of play, when
//
//	0.875 ≤ x     and x + 1 ≤ 5.375                 so x from 0.875 to 4.375 in,
//	2.5 ≤ y + 0  and y + 0.458 ≤ 3.625              so y from 2.5 to 3.167 in.
//
// It can show for some way of lying when
//
//	x ≤ 5.375     and 2.5 − 0.458 = 2.042 ≤ y ≤ 3.625 in,
//
// and there nothing else may stand: the return address and the date end above,
// the text begins below, and so do the marks of the fold, at 3.667 in.
//
// The recipient stands ⅛ in and more from the sides of what always shows, as the
// postal service wants it to from the window's.
const (
	inch = 72

	pageWidth  = 8.5 * inch
	pageHeight = 11 * inch
	third      = pageHeight / 3

	sideMargin   = 1.125 * inch
	textWidth    = pageWidth - 2*sideMargin
	bottomMargin = 0.875 * inch

	// The recipient's box.
	addressLeft   = sideMargin
	addressRight  = (4.375 - 0.125) * inch
	addressTop    = 2.5 * inch
	addressBottom = (2.5 + 2.0/3) * inch

	// The band that can show in the window.
	bandTop    = (2.5 - (4.125 - 11.0/3)) * inch
	bandBottom = 3.625 * inch

	headTop = 0.625 * inch     // where the return address begins
	bodyTop = third + 0.2*inch // where the text of a first page begins
	nextTop = 1.375 * inch     // where that of a continuation page begins
	nextRow = 0.875 * inch     // the baseline of its heading
	foldOut = 0.375 * inch     // how far the marks of the folds reach into the page: printers leave out its edge
	lowest  = pageHeight - bottomMargin
)
