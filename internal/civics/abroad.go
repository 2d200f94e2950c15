package civics

import (
	"regexp"
	"strings"
)

var (
	canadianCode = regexp.MustCompile(`(?i)(^|[\s,])[abceghj-nprstvxy][0-9][a-z][ -]?[0-9][a-z][0-9]$`)
	britishCode  = regexp.MustCompile(`(?i)(^|[\s,])[a-z]{1,2}[0-9][a-z0-9]? ?[0-9][abd-hjlnp-uw-z]{2}$`)
	province     = regexp.MustCompile(`(?i)[\s,](on|ont|qc|bc|ab|mb|sk|ns|nb|nl|pe|pei|yt|nt|nu|ontario|qu[eé]bec|british columbia|alberta|manitoba|saskatchewan|nova scotia|new brunswick|newfoundland|prince edward island|yukon|nunavut)\.?$`)
	country      = regexp.MustCompile(`(?i)[\s,](` + strings.Join(countries, "|") + `)\.?$`)
)

// abroad reports whether an address that ends in neither a state nor a ZIP code
// ends as one outside the United States does: with a country, a Canadian
// province, or a postal code of Canada or Britain.
func abroad(line string) bool {
	return canadianCode.MatchString(line) || britishCode.MatchString(line) || province.MatchString(line) || country.MatchString(line)
}

// countries are the names that people end an address abroad with, in English and
// for the larger ones in their own language. A city of such a name in the United
// States has its state or ZIP code after it and never comes this far.
var countries = []string{
	"afghanistan", "albania", "algeria", "andorra", "angola", "antigua and barbuda", "argentina", "armenia", "aruba", "australia", "austria", "azerbaijan",
	"bahamas", "bahrain", "bangladesh", "barbados", "belarus", "belgium", "belgi[eë]", "belgique", "belize", "benin", "bermuda", "bhutan", "bolivia", "bosnia and herzegovina",
	"botswana", "brazil", "brasil", "brunei", "bulgaria", "burkina faso", "burundi", "cambodia", "cameroon", "canada", "cape verde", "cayman islands", "central african republic", "chad",
	"chile", "china", "colombia", "comoros", "congo", "costa rica", "croatia", "cuba", "cyprus", "czechia", "czech republic", "denmark", "danmark", "djibouti", "dominica", "dominican republic",
	"rep[uú]blica dominicana", "ecuador", "egypt", "el salvador", "england", "equatorial guinea", "eritrea", "estonia", "eswatini", "ethiopia", "fiji", "finland", "france", "gabon", "gambia",
	"germany", "deutschland", "ghana", "gibraltar", "great britain", "greece", "greenland", "grenada", "guatemala", "guernsey", "guinea", "guinea-bissau", "guyana", "haiti", "honduras",
	"hong kong", "hungary", "iceland", "india", "indonesia", "iran", "iraq", "ireland", "isle of man", "israel", "italy", "italia", "ivory coast", "jamaica", "japan", "jersey", "jordan",
	"kazakhstan", "kenya", "kiribati", "korea", "kosovo", "kuwait", "kyrgyzstan", "laos", "latvia", "lebanon", "lesotho", "liberia", "libya", "liechtenstein", "lithuania", "luxembourg",
	"macau", "madagascar", "malawi", "malaysia", "maldives", "mali", "malta", "marshall islands", "mauritania", "mauritius", "m[eé]xico", "micronesia", "moldova", "monaco", "mongolia",
	"montenegro", "morocco", "mozambique", "myanmar", "namibia", "nauru", "nepal", "netherlands", "nederland", "new zealand", "nicaragua", "niger", "nigeria", "northern ireland",
	"north macedonia", "norway", "norge", "oman", "pakistan", "palau", "palestine", "panama", "panam[aá]", "papua new guinea", "paraguay", "peru", "per[uú]", "philippines", "poland", "polska", "portugal",
	"qatar", "romania", "russia", "rwanda", "samoa", "san marino", "saudi arabia", "schweiz", "scotland", "senegal", "serbia", "seychelles", "sierra leone", "singapore", "slovakia", "slovenia",
	"solomon islands", "somalia", "south africa", "south korea", "south sudan", "spain", "espa[nñ]a", "sri lanka", "st\\.? kitts and nevis", "st\\.? lucia", "sudan", "suisse", "suriname", "sweden",
	"sverige", "switzerland", "syria", "taiwan", "tajikistan", "tanzania", "thailand", "the gambia", "the netherlands", "timor-leste", "togo", "tonga", "trinidad and tobago", "tunisia", "turkey",
	"t[uü]rkiye", "turkmenistan", "tuvalu", "u\\.?a\\.?e\\.?", "uganda", "u\\.?k\\.?", "ukraine", "united arab emirates", "united kingdom", "uruguay", "uzbekistan", "vanuatu", "vatican city",
	"venezuela", "vietnam", "viet nam", "wales", "yemen", "zambia", "zimbabwe", "österreich", "fm", "mh", "pw",
}
