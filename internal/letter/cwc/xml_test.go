package cwc_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"redress/internal/letter/cwc"
)

func TestAMessageIsWrittenInTheSchemasOrderOneElementALine(t *testing.T) {
	m := letter()
	m.Delivery.ID = strings.Repeat("a1", 16)
	const want = `<?xml version="1.0" encoding="UTF-8"?>
<CWC>
  <CWCVersion>2.0</CWCVersion>
  <Delivery>
    <DeliveryId>a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1</DeliveryId>
    <DeliveryDate>20261005</DeliveryDate>
    <DeliveryAgent>Example Action</DeliveryAgent>
    <DeliveryAgentAckEmailAddress>ack@example.org</DeliveryAgentAckEmailAddress>
    <DeliveryAgentContact>
      <DeliveryAgentContactName>Ada Park</DeliveryAgentContactName>
      <DeliveryAgentContactEmail>ada@example.org</DeliveryAgentContactEmail>
      <DeliveryAgentContactPhone>202-555-0123</DeliveryAgentContactPhone>
    </DeliveryAgentContact>
    <Organization>Example Civil Rights Union</Organization>
    <OrganizationContact>
      <OrganizationContactName>Bo Ruiz</OrganizationContactName>
      <OrganizationContactEmail>bo@example.org</OrganizationContactEmail>
      <OrganizationContactPhone>202-555-0199</OrganizationContactPhone>
    </OrganizationContact>
    <OrganizationAbout>We work on police accountability.</OrganizationAbout>
    <CampaignId>qualified-immunity-pro</CampaignId>
  </Delivery>
  <Recipient>
    <MemberOffice>HCO01</MemberOffice>
    <IsResponseRequested>Y</IsResponseRequested>
    <NewsletterOptIn>N</NewsletterOptIn>
  </Recipient>
  <Constituent>
    <Prefix>Ms.</Prefix>
    <FirstName>Zoë</FirstName>
    <MiddleName>Q.</MiddleName>
    <LastName>Nguyễn</LastName>
    <Suffix>Jr.</Suffix>
    <Title>Nurse</Title>
    <ConstituentOrganization>Local 7</ConstituentOrganization>
    <Address1>200 E Colfax Ave</Address1>
    <Address2>Apt 4</Address2>
    <City>Denver</City>
    <StateAbbreviation>CO</StateAbbreviation>
    <Zip>80203-1776</Zip>
    <Phone>303-555-0123</Phone>
    <AddressValidation>Y</AddressValidation>
    <Email>zoe@example.com</Email>
    <EmailValidation>Y</EmailValidation>
  </Constituent>
  <Message>
    <Subject>Please cosponsor the bill</Subject>
    <LibraryOfCongressTopics>
      <LibraryOfCongressTopic>Civil Rights and Liberties, Minority Issues</LibraryOfCongressTopic>
      <LibraryOfCongressTopic>Crime and Law Enforcement</LibraryOfCongressTopic>
      <LibraryOfCongressTopic>Law</LibraryOfCongressTopic>
    </LibraryOfCongressTopics>
    <Bills>
      <Bill>
        <BillCongress>119</BillCongress>
        <BillTypeAbbreviation>hr</BillTypeAbbreviation>
        <BillNumber>3602</BillNumber>
      </Bill>
    </Bills>
    <ProOrCon>Pro</ProOrCon>
    <MoreInfo>https://act.example.org/issues/qualified-immunity?a=1&amp;b=2</MoreInfo>
    <OrganizationStatement>End qualified immunity.</OrganizationStatement>
    <ConstituentMessage>My brother was hurt.&#xA;&#xA;Please help &lt;us&gt; &amp; &#34;them&#34;.</ConstituentMessage>
  </Message>
</CWC>
`
	if got := string(written(t, m)); got != want {
		t.Errorf("got\n%s", got)
	}
	if got := string(written(t, senateLetter())); !strings.Contains(got, "<BillTypeAbbreviation>H.R.</BillTypeAbbreviation>") {
		t.Errorf("the Senate's spelling of a bill's type is missing:\n%s", got)
	}
	back, err := cwc.Read(written(t, m))
	if err != nil || !reflect.DeepEqual(back, m) {
		t.Errorf("read back: %v\n%+v", err, back)
	}
}

func TestWhatIsNotRequiredIsLeftOut(t *testing.T) {
	m := senateLetter()
	m.Delivery.Organization, m.Delivery.Contact, m.Delivery.OrganizationAbout = "", nil, ""
	m.Recipient.IsResponseRequested, m.Recipient.NewsletterOptIn = cwc.Unsaid, cwc.Unsaid
	c := &m.Constituent
	c.MiddleName, c.Suffix, c.Title, c.Organization, c.Address2, c.Phone, c.AddressValidation, c.EmailValidation = "", "", "", "", "", "", "", ""
	m.Content.Bills, m.Content.ProOrCon, m.Content.MoreInfo, m.Content.OrganizationStatement = nil, "", " ", ""
	got := string(written(t, m))
	for _, absent := range []string{"Organization", "IsResponse", "Newsletter", "MiddleName", "Suffix", "Title", "Address2", "<Phone", "Validation", "Bill", "ProOrCon", "MoreInfo"} {
		if strings.Contains(got, absent) {
			t.Errorf("%s is there", absent)
		}
	}
	m.Content.ProOrCon = cwc.Con // a stance without a bill
	written(t, m)
	m.Content.OrganizationStatement, m.Content.ConstituentMessage = "The campaign's text.", ""
	written(t, m)
}

func TestEveryRuleIsChecked(t *testing.T) {
	long := func(n int) string { return strings.Repeat("é", n) }
	for name, c := range map[string]struct {
		change func(*cwc.Message)
		field  string
		reason cwc.Reason
	}{
		"an id with dashes":           {func(m *cwc.Message) { m.Delivery.ID = "123e4567-e89b-12d3-a456-426614174000" }, "DeliveryId", cwc.Malformed},
		"an id of 31":                 {func(m *cwc.Message) { m.Delivery.ID = strings.Repeat("a", 31) }, "DeliveryId", cwc.Malformed},
		"no id":                       {func(m *cwc.Message) { m.Delivery.ID = "" }, "DeliveryId", cwc.Missing},
		"a date with dashes":          {func(m *cwc.Message) { m.Delivery.Date = "2026-10-05" }, "DeliveryDate", cwc.Malformed},
		"a month too many":            {func(m *cwc.Message) { m.Delivery.Date = "20261305" }, "DeliveryDate", cwc.Malformed},
		"June 31":                     {func(m *cwc.Message) { m.Delivery.Date = "20260631" }, "DeliveryDate", cwc.Malformed},
		"no agent":                    {func(m *cwc.Message) { m.Delivery.Agent = " \t" }, "DeliveryAgent", cwc.Missing},
		"an address without domain":   {func(m *cwc.Message) { m.Delivery.AgentAckEmail = "ack@" }, "DeliveryAgentAckEmailAddress", cwc.Malformed},
		"two addresses":               {func(m *cwc.Message) { m.Constituent.Email = "a@example.org, b@example.org" }, "Email", cwc.Malformed},
		"a phone in brackets":         {func(m *cwc.Message) { m.Delivery.AgentContactPhone = "(202) 555-0123" }, "DeliveryAgentContactPhone", cwc.Malformed},
		"an organization's phone":     {func(m *cwc.Message) { m.Delivery.Contact.Phone = "2025550123" }, "OrganizationContactPhone", cwc.Malformed},
		"a contact without a name":    {func(m *cwc.Message) { m.Delivery.Contact.Name = "" }, "OrganizationContactName", cwc.Missing},
		"no campaign":                 {func(m *cwc.Message) { m.Delivery.CampaignID = "" }, "CampaignId", cwc.Missing},
		"a fourth senator":            {func(m *cwc.Message) { m.Recipient.MemberOffice = "SCO04" }, "MemberOffice", cwc.Malformed},
		"a class of none":             {func(m *cwc.Message) { m.Recipient.MemberOffice = "SCO00" }, "MemberOffice", cwc.Malformed},
		"a district of one digit":     {func(m *cwc.Message) { m.Recipient.MemberOffice = "HCO1" }, "MemberOffice", cwc.Malformed},
		"a state legislator":          {func(m *cwc.Message) { m.Recipient.MemberOffice = "UCO01" }, "MemberOffice", cwc.Malformed},
		"perhaps a response":          {func(m *cwc.Message) { m.Recipient.IsResponseRequested = "maybe" }, "IsResponseRequested", cwc.NotAllowed},
		"a prefix without its dot":    {func(m *cwc.Message) { m.Constituent.Prefix = "Mr" }, "Prefix", cwc.NotAllowed},
		"another prefix":              {func(m *cwc.Message) { m.Constituent.Prefix = "Mx." }, "Prefix", cwc.NotAllowed},
		"no prefix":                   {func(m *cwc.Message) { m.Constituent.Prefix = "" }, "Prefix", cwc.Missing},
		"no last name":                {func(m *cwc.Message) { m.Constituent.LastName = "\x00\x1b" }, "LastName", cwc.Missing},
		"a street of two":             {func(m *cwc.Message) { m.Constituent.Address1 = "1A" }, "Address1", cwc.TooShort},
		"a city of two":               {func(m *cwc.Message) { m.Constituent.City = "Åå" }, "City", cwc.TooShort},
		"a state by name":             {func(m *cwc.Message) { m.Constituent.State = "Colorado" }, "StateAbbreviation", cwc.Malformed},
		"a state that is none":        {func(m *cwc.Message) { m.Constituent.State = "XX" }, "StateAbbreviation", cwc.Malformed},
		"a ZIP code of four":          {func(m *cwc.Message) { m.Constituent.Zip = "8020" }, "Zip", cwc.Malformed},
		"a ZIP code of nine":          {func(m *cwc.Message) { m.Constituent.Zip = "802031776" }, "Zip", cwc.Malformed},
		"Arabic digits":               {func(m *cwc.Message) { m.Constituent.Zip = "٨٠٢٠٣" }, "Zip", cwc.Malformed},
		"a subject of five":           {func(m *cwc.Message) { m.Content.Subject = long(5) }, "Subject", cwc.TooShort},
		"a subject of 501":            {func(m *cwc.Message) { m.Content.Subject = long(501) }, "Subject", cwc.TooLong},
		"no topic":                    {func(m *cwc.Message) { m.Content.Topics = nil }, "LibraryOfCongressTopic", cwc.Missing},
		"a topic of our own":          {func(m *cwc.Message) { m.Content.Topics = []string{"Justice"} }, "LibraryOfCongressTopic", cwc.NotAllowed},
		"a bill without a position":   {func(m *cwc.Message) { m.Content.ProOrCon = "" }, "ProOrCon", cwc.Missing},
		"a position of its own":       {func(m *cwc.Message) { m.Content.ProOrCon = "Neutral" }, "ProOrCon", cwc.NotAllowed},
		"a bill of a state":           {func(m *cwc.Message) { m.Content.Bills[0].Type = "S.B." }, "BillTypeAbbreviation", cwc.NotAllowed},
		"a bill without a Congress":   {func(m *cwc.Message) { m.Content.Bills[0].Congress = 0 }, "BillCongress", cwc.Malformed},
		"a bill without a number":     {func(m *cwc.Message) { m.Content.Bills[0].Number = 0 }, "BillNumber", cwc.Malformed},
		"a link that is a script":     {func(m *cwc.Message) { m.Content.MoreInfo = "javascript:alert(1)" }, "MoreInfo", cwc.Malformed},
		"no statement":                {func(m *cwc.Message) { m.Content.OrganizationStatement, m.Content.ConstituentMessage = "", "\n" }, "OrganizationStatement or ConstituentMessage", cwc.Missing},
		"a statement of five":         {func(m *cwc.Message) { m.Content.OrganizationStatement = long(5) }, "OrganizationStatement", cwc.TooShort},
		"an own message of 10,001":    {func(m *cwc.Message) { m.Content.ConstituentMessage = long(10001) }, "ConstituentMessage", cwc.TooLong},
		"an organization of a book":   {func(m *cwc.Message) { m.Delivery.Organization = long(201) }, "Organization", cwc.TooLong},
		"a phone that is a secret":    {func(m *cwc.Message) { m.Constituent.Phone = "303-CALL-NOW" }, "Phone", cwc.Malformed},
		"half an answer on validity":  {func(m *cwc.Message) { m.Constituent.EmailValidation = "y" }, "EmailValidation", cwc.NotAllowed},
		"an address checked somehow":  {func(m *cwc.Message) { m.Constituent.AddressValidation = "yes" }, "AddressValidation", cwc.NotAllowed},
		"a newsletter that is forced": {func(m *cwc.Message) { m.Recipient.NewsletterOptIn = "1" }, "NewsletterOptIn", cwc.NotAllowed},
	} {
		t.Run(name, func(t *testing.T) {
			m := letter()
			c.change(&m)
			_, err := m.XML()
			var invalid *cwc.InvalidError
			if !errors.As(err, &invalid) || len(invalid.Faults) != 1 || invalid.Faults[0] != (cwc.Fault{Field: c.field, Reason: c.reason}) {
				t.Errorf("%v", err)
			}
		})
	}
	for _, edge := range []func(*cwc.Message){
		func(m *cwc.Message) { m.Content.Subject = long(6) },
		func(m *cwc.Message) { m.Content.Subject = long(500) },
		func(m *cwc.Message) { m.Content.ConstituentMessage = long(10000) },
		func(m *cwc.Message) { m.Constituent.Zip = "00501" },
		func(m *cwc.Message) { m.Constituent.City = "Ely" },
		func(m *cwc.Message) { m.Recipient.MemberOffice = "HAQ00"; m.Constituent.State = "AS" },
		func(m *cwc.Message) { m.Constituent.LastName = "O'Brien-\U0001F600 <b>" },
	} {
		m := letter()
		edge(&m)
		if _, err := m.XML(); err != nil {
			t.Error(err)
		}
	}
}

func TestAllFaultsAreNamedAtOnce(t *testing.T) {
	_, err := cwc.Message{Content: cwc.Content{Bills: []cwc.Bill{{}}}}.XML()
	for _, field := range []string{
		"DeliveryId", "DeliveryDate", "DeliveryAgent ", "DeliveryAgentAckEmailAddress", "DeliveryAgentContactName", "DeliveryAgentContactEmail",
		"DeliveryAgentContactPhone", "CampaignId", "MemberOffice", "Prefix", "FirstName", "LastName", "Address1", "City", "StateAbbreviation", "Zip",
		"Email", "Subject", "LibraryOfCongressTopic", "BillCongress", "BillTypeAbbreviation", "BillNumber", "ProOrCon", "OrganizationStatement or ConstituentMessage",
	} {
		if err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("%s is not named in %v", field, err)
		}
	}
}

func TestTextsAreMadeClean(t *testing.T) {
	m := letter()
	m.Constituent.FirstName = "  Zo\u00eb\r\n\tAnn\x00\x07 "
	m.Content.ConstituentMessage = "\ufeffOne\r\nTwo\rThree\u2028Four\x0b\ufffe\xff]]> <!-- & "
	m.Content.Subject = "A subject\nin lines"
	back, err := cwc.Read(written(t, m))
	if err != nil {
		t.Fatal(err)
	}
	if got := back.Constituent.FirstName; got != "Zoë Ann" {
		t.Errorf("%q", got)
	}
	if got := back.Content.ConstituentMessage; got != "\ufeffOne\nTwo\nThree\nFour]]> <!-- &" {
		t.Errorf("%q", got)
	}
	if got := back.Content.Subject; got != "A subject in lines" {
		t.Errorf("%q", got)
	}
}

func TestADocumentHoldsNothingElse(t *testing.T) {
	good := string(written(t, letter()))
	for name, bad := range map[string]string{
		"no document":            "",
		"words":                  "hello",
		"another root":           strings.NewReplacer("<CWC>", "<CWD>", "</CWC>", "</CWD>").Replace(good),
		"an attribute":           strings.Replace(good, "<Zip>", `<Zip id="1">`, 1),
		"a namespace":            strings.Replace(good, "<CWC>", `<CWC xmlns="urn:x">`, 1),
		"a document type":        strings.Replace(good, "<CWC>", `<!DOCTYPE CWC [<!ENTITY x "y">]><CWC>`, 1),
		"an instruction":         strings.Replace(good, "<CWC>", `<?php x ?><CWC>`, 1),
		"a second root":          good + "<CWC></CWC>",
		"text after it":          good + "text",
		"text in between":        strings.Replace(good, "<Zip>", "and <Zip>", 1),
		"an element in a text":   strings.Replace(good, "Denver", "<b>Denver</b>", 1),
		"an unknown element":     strings.Replace(good, "<City>", "<Salary>1</Salary><City>", 1),
		"a field twice":          strings.Replace(good, "<City>Denver</City>", "<City>Denver</City><City>Denver</City>", 1),
		"an order of its own":    strings.Replace(strings.Replace(good, "<City>Denver</City>", "", 1), "<Zip>", "<Zip>80203</Zip><City>Denver</City><Zip>", 1),
		"another encoding":       strings.Replace(good, "UTF-8", "ISO-8859-1", 1),
		"an element left open":   strings.Replace(good, "</Message>", "", 1),
		"something much too big": strings.Replace(good, "<City>", strings.Repeat(" ", 1<<20)+"<City>", 1),
		"much too deep":          strings.Repeat("<CWC>", 1000) + strings.Repeat("</CWC>", 1000),
	} {
		if err := cwc.Validate([]byte(bad)); err == nil {
			t.Errorf("%s is valid", name)
		} else if strings.Contains(err.Error(), "Salary") {
			t.Errorf("the document's words are in %v", err)
		}
	}
}

// hostile are values that make trouble somewhere.
var hostile = []string{
	"", " ", "a", "ab", "abc", "abcdef", "Ms.", "Mr.", "Y", "N", "Pro", "Con", "80203", "80203-1234", "CO", "SCO01", "HCO01", "HAQ00", "303-555-0123",
	"a@example.org", "a@b@c.d", "https://example.org/", "20260230", "20261231", "H.R.", "H.Con.Res", "H.Con.Res.", "hconres", "s", "2.0",
	"Law", "Civil Rights and Liberties, Minority Issues", strings.Repeat("x", 500), strings.Repeat("x", 501), strings.Repeat("é", 10000), strings.Repeat("x", 10001),
	strings.Repeat("a", 32), strings.Repeat("é", 32), "a\nb and c", "tab\tin it", " space before", "space after ", "\u00a0no-break\u00a0", "</City><City>", "]]>", "&amp;", "<![CDATA[x]]>", "😀😀😀😀😀😀", "١٢٣",
}

// anything is a message with whatever in its fields.
func anything() *rapid.Generator[cwc.Message] {
	return rapid.Custom(func(t *rapid.T) cwc.Message {
		m := letter()
		if rapid.Bool().Draw(t, "calm") {
			return m
		}
		var set func(v reflect.Value)
		set = func(v reflect.Value) {
			switch v.Kind() {
			case reflect.Struct:
				for i := range v.NumField() {
					set(v.Field(i))
				}
			case reflect.Pointer:
				if rapid.IntRange(0, 9).Draw(t, "gone") == 0 {
					v.SetZero()
				} else {
					set(v.Elem())
				}
			case reflect.Slice:
				if rapid.IntRange(0, 9).Draw(t, "gone") == 0 {
					v.SetZero()
				}
				for i := range v.Len() {
					set(v.Index(i))
				}
			case reflect.Int:
				if rapid.IntRange(0, 19).Draw(t, "change") == 0 {
					v.SetInt(int64(rapid.SampledFrom([]int{-1, 0, 1, 119, 1000, 99999, 100000}).Draw(t, "number")))
				}
			case reflect.String:
				if rapid.IntRange(0, 79).Draw(t, "change") == 0 {
					v.SetString(rapid.SampledFrom(hostile).Draw(t, "text"))
				}
			}
		}
		set(reflect.ValueOf(&m).Elem())
		return m
	})
}

// shuffled is a document of which lines were dropped, doubled or exchanged.
func shuffled(t *rapid.T, raw []byte) []byte {
	lines := strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n")
	at := func(name string) int { return rapid.IntRange(2, len(lines)-2).Draw(t, name) }
	switch i := at("line"); rapid.IntRange(0, 3).Draw(t, "how") {
	case 0:
		lines = slices.Delete(lines, i, i+1)
	case 1:
		lines = slices.Insert(lines, i, lines[i])
	case 2:
		j := at("other")
		lines[i], lines[j] = lines[j], lines[i]
	}
	return []byte(strings.Join(lines, "\n") + "\n")
}

func TestXSDAndGoAgree(t *testing.T) {
	t.Parallel()
	program, dir := xmllint(t), t.TempDir()
	valid, invalid := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		var documents [][]byte
		for _, m := range rapid.SliceOfN(anything(), 1, 8).Draw(t, "messages") {
			documents = append(documents, cwc.Unchecked(m), shuffled(t, cwc.Unchecked(m)))
			if raw, err := m.XML(); err == nil {
				documents = append(documents, raw, shuffled(t, raw))
			}
		}
		verdicts, err := lint(program, dir, documents)
		if err != nil {
			t.Fatal(err)
		}
		for i, says := range verdicts {
			ours := cwc.Validate(documents[i])
			if says != (ours == nil) {
				t.Fatalf("xmllint says %v, we say %v, of\n%s", says, ours, documents[i])
			}
			if says {
				valid++
			} else {
				invalid++
			}
		}
	})
	t.Logf("%d valid, %d invalid", valid, invalid)
	if valid < 50 || invalid < 50 {
		t.Errorf("%d valid and %d invalid documents say little", valid, invalid)
	}
}

func TestEveryFieldsRuleIsTheSameForXmllint(t *testing.T) {
	t.Parallel()
	program, dir := xmllint(t), t.TempDir()
	fields := strings.Count(string(cwc.Unchecked(letter())), "</")
	for _, value := range hostile {
		var documents [][]byte
		for i := range fields {
			documents = append(documents, withText(t, cwc.Unchecked(letter()), i, value))
		}
		verdicts, err := lint(program, dir, documents)
		if err != nil {
			t.Fatal(err)
		}
		for i, says := range verdicts {
			if ours := cwc.Validate(documents[i]); says != (ours == nil) {
				t.Errorf("xmllint says %v, we say %v, of %.80q in\n%s", says, ours, value, documents[i])
			}
		}
	}
}

// withText is a document with a text in place of the nth element's content, if
// that is a text.
func withText(t *testing.T, raw []byte, n int, value string) []byte {
	t.Helper()
	lines := strings.Split(string(raw), "\n")
	for i, line := range lines {
		open, rest, ok := strings.Cut(line, ">")
		_, end, closed := strings.Cut(rest, "</")
		if !ok || !closed {
			continue
		}
		if n--; n >= 0 {
			continue
		}
		var b bytes.Buffer
		if err := xml.EscapeText(&b, []byte(value)); err != nil {
			t.Fatal(err)
		}
		lines[i] = open + ">" + b.String() + "</" + end
		break
	}
	return []byte(strings.Join(lines, "\n"))
}

// shape is a document without its texts.
func shape(t testing.TB, raw []byte) []string {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(raw))
	var elements []string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return elements
		}
		if err != nil {
			t.Fatalf("does not parse: %v\n%s", err, raw)
		}
		switch e := token.(type) {
		case xml.StartElement:
			elements = append(elements, e.Name.Local)
		case xml.EndElement:
			elements = append(elements, "/")
		case xml.Directive, xml.Comment:
			t.Fatalf("a %T got in\n%s", e, raw)
		}
	}
}

func FuzzXML(f *testing.F) {
	fields := reflect.ValueOf(texts(new(cwc.Message))).Len()
	for i := range fields {
		f.Add(i, hostile[i%len(hostile)], "plain text")
		f.Add(i, "<City>&\r\n\x00\xff]]>", "plain text")
	}
	f.Add(3, "\x00\xff\xfe<", "]]></ConstituentMessage><Zip>1</Zip>")
	base := letter()
	want := shape(f, written(f, base))
	f.Fuzz(func(t *testing.T, at int, value, message string) {
		m := base
		m.Delivery.Contact = &cwc.Contact{Name: base.Delivery.Contact.Name, Email: base.Delivery.Contact.Email, Phone: base.Delivery.Contact.Phone}
		m.Content.Topics = slices.Clone(base.Content.Topics)
		all := texts(&m)
		*all[((at%len(all))+len(all))%len(all)] = value
		m.Content.ConstituentMessage = message + " and so on"
		raw, err := m.XML()
		if err != nil {
			var invalid *cwc.InvalidError
			if !errors.As(err, &invalid) || len(invalid.Faults) == 0 {
				t.Fatalf("%v", err)
			}
			return
		}
		if err := cwc.Validate(raw); err != nil {
			t.Fatal(err)
		}
		got := shape(t, raw)
		if len(got) > len(want) {
			t.Fatalf("more elements than fields:\n%s", raw)
		}
		if lines := bytes.Count(raw, []byte("\n")); lines > bytes.Count(written(t, base), []byte("\n")) {
			t.Fatalf("more lines than elements:\n%s", raw)
		}
		again, err := cwc.Read(raw)
		if err != nil {
			t.Fatal(err)
		}
		if twice, err := again.XML(); err != nil || !bytes.Equal(twice, raw) {
			t.Fatalf("written again it is another: %v", err)
		}
	})
}

// texts are all fields of a message that hold text of someone's.
func texts(m *cwc.Message) []*string {
	if m.Delivery.Contact == nil {
		m.Delivery.Contact = &cwc.Contact{}
	}
	if len(m.Content.Topics) == 0 {
		m.Content.Topics = []string{""}
	}
	d, c, t := &m.Delivery, &m.Constituent, &m.Content
	return []*string{
		&d.ID, &d.Date, &d.Agent, &d.AgentAckEmail, &d.AgentContactName, &d.AgentContactEmail, &d.AgentContactPhone, &d.Organization,
		&d.Contact.Name, &d.Contact.Email, &d.Contact.Phone, &d.OrganizationAbout, &d.CampaignID, &m.Recipient.MemberOffice,
		&c.Prefix, &c.FirstName, &c.MiddleName, &c.LastName, &c.Suffix, &c.Title, &c.Organization, &c.Address1, &c.Address2, &c.City,
		&c.State, &c.Zip, &c.Phone, &c.Email, &t.Subject, &t.Topics[0], &t.MoreInfo, &t.OrganizationStatement, &t.ConstituentMessage,
	}
}
