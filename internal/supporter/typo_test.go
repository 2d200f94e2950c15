package supporter

import (
	"strings"
	"testing"
)

func TestTypo(t *testing.T) {
	t.Parallel()
	for email, want := range map[string]string{
		"ana@gmial.com": "gmail.com", "ana@gmai.com": "gmail.com", "ana@gmaill.com": "gmail.com", "ana@gnail.com": "gmail.com",
		"ana@GMAIL.CON": "gmail.com", "ana@gmail.co": "gmail.com", "ana@yaho.com": "yahoo.com", "ana@hotmial.com": "hotmail.com",
		"ana@outlok.com": "outlook.com", "ana@iclould.com": "icloud.com", "ana@aol.con": "aol.com", "ana@comcast.ney": "comcast.net",
		// meant as they are
		"ana@gmail.com": "", "ana@mail.com": "", "ana@ymail.com": "", "ana@email.com": "", "ana@yahoo.co.uk": "", "ana@me.com": "",
		"ana@example.org": "", "ana@proton.me": "", "ana@gmx.net": "", "ana@att.net": "", "ana@cnet.com": "", "ana@act.net": "",
		// no addresses
		"": "", "gmial.com": "", "@gmial.com": "", "ana@": "", "a b@gmial.com": "",
	} {
		if got := Typo(email); got != want {
			t.Errorf("%q: %q, want %q", email, got, want)
		}
	}
	for _, domain := range oftenMeant {
		if got := Typo("ana@" + domain); got != "" {
			t.Errorf("%s is taken for %s", domain, got)
		}
	}
	if got := WithDomain(" ana+x@gmial.com ", "gmail.com"); got != "ana+x@gmail.com" {
		t.Error(got)
	}
}

func FuzzTypo(f *testing.F) {
	for _, email := range []string{"ana@gmial.com", "@", "a@b", "ana@gmailcom", "ana@ gmail.com", "ä@gmaíl.com"} {
		f.Add(email)
	}
	f.Fuzz(func(t *testing.T, email string) {
		domain := Typo(email)
		if domain == "" {
			return
		}
		fixed := WithDomain(email, domain)
		if !strings.HasSuffix(fixed, "@"+domain) || Typo(fixed) != "" {
			t.Errorf("%q becomes %q", email, fixed)
		}
		if _, err := Canonical(fixed); err != nil {
			if _, before := Canonical(email); before == nil {
				t.Errorf("%q was an address, %q isn't", email, fixed)
			}
		}
	})
}

func TestDisposable(t *testing.T) {
	t.Parallel()
	more := []string{"throwaway.example"}
	for email, want := range map[string]bool{
		"ana@mailinator.com": true, "ana@MAILINATOR.com": true, "ana@a.b.mailinator.com": true, "ana@throwaway.example": true,
		"ana@x.throwaway.example": true, "ana@gmail.com": false, "ana@not-a-mailinator.example": false, "ana@proton.me": false,
		"ana@example.org": false, "ana@com": false, "": false, "mailinator.com": false,
	} {
		if got := Disposable(email, more); got != want {
			t.Errorf("%q: %v", email, got)
		}
	}
	if n := len(disposableDomains()); n < 5000 {
		t.Errorf("the list has %d domains", n)
	}
	for _, domain := range oftenMeant {
		if disposableDomains()[domain] {
			t.Errorf("%s is on the list", domain)
		}
	}
}
