// Package cwc hands letters to the offices of Congress through Communicating
// With Congress: one service of the House of Representatives, one of the
// Senate (there it is called SCWC, on SOAPBox). A letter is an XML document;
// each service takes it by one HTTP POST from an approved vendor (a "delivery
// agent") whose address it has on a list.
//
// Both services show their papers to approved vendors only. What is written
// here is second-hand, from public programs that use them, and where those
// differ one reading was chosen. Each choice stands in one place:
//
//   - bills are Bills/Bill, not bare Bill: [Bills], cwc.xsd
//   - bill types are "H.R." and "H.Con.Res" for the Senate, "hr" and "hconres"
//     for the House, whose validator was seen to want them so: billTypes
//   - an organization the writer speaks for is ConstituentOrganization: the
//     tag of [Constituent].Organization, cwc.xsd
//   - CampaignId comes last in Delivery: the order of [Delivery], cwc.xsd
//   - American Samoa's seat is HAQ00, and HAS00 only if the House lists that:
//     houseCodes
//   - a senator's seat is numbered by its class: classOf
//   - the House has no mailbox for tests. While testing, a message is only
//     checked (/v2/validate), unless the address is that of a sandbox:
//     [Client.Send]
//
// [Client.Validate] asks a service what it thinks of a message without sending
// it, so that an operator can settle these with a key.
//
// What a service answers may quote the letter. Nothing of an answer gets into
// an error or a log but its status, how many faults it lists, and the names of
// the elements that they speak of. The key is part of the URL, so no error
// holds a URL.
package cwc
