package letter

// Topics are the subjects by which Congress's own intake sorts letters: the policy
// areas of the Library of Congress, as congress.gov lists them.
var Topics = []string{
	"Agriculture and Food", "Animals", "Armed Forces and National Security", "Arts, Culture, Religion",
	"Civil Rights and Liberties, Minority Issues", "Commerce", "Congress", "Crime and Law Enforcement",
	"Economics and Public Finance", "Education", "Emergency Management", "Energy", "Environmental Protection", "Families",
	"Finance and Financial Sector", "Foreign Trade and International Finance", "Government Operations and Politics", "Health",
	"Housing and Community Development", "Immigration", "International Affairs", "Labor and Employment", "Law", "Native Americans",
	"Private Legislation", "Public Lands and Natural Resources", "Science, Technology, Communications",
	"Social Sciences and History", "Social Welfare", "Sports and Recreation", "Taxation", "Transportation and Public Works",
	"Water Resources Development",
}

// defaultTopics are those of a letter that names none.
var defaultTopics = []string{"Government Operations and Politics"}
