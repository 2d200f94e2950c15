package issue

import "redress/internal/issue"

// shownUpdates is how many of an issue's updates stand on its page, and beside
// one of them.
const shownUpdates = 3

// Updates is the news on an issue, newest first.
type Updates struct {
	IssueSlug, IssueTitle string
	All                   []issue.Update
}

// Told is one update and the others on its issue, newest first.
type Told struct {
	issue.Update
	IssueTitle string
	Others     []issue.Update
}

// UpdatesPath is the list of an issue's updates, or with a key one of them.
func UpdatesPath(slug string, key ...string) string {
	return Path(slug, append([]string{"updates"}, key...)...)
}

func latest(updates []issue.Update) []issue.Update {
	return updates[:min(shownUpdates, len(updates))]
}
