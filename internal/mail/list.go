package mail

import (
	"maps"
	"net/url"
	"strings"
)

// errList is for a list's headers that mail providers would not take.
const errList = trouble("a list's address or name is not one that a header may hold")

// The headers of a list, which a kind gives by the fields of [Message].
const (
	headerUnsubscribe     = "List-Unsubscribe"
	headerUnsubscribePost = "List-Unsubscribe-Post"
	headerListID          = "List-Id"
	oneClick              = "List-Unsubscribe=One-Click" // RFC 8058 §3.1
)

// listed adds a list's headers to those of the message. List-Unsubscribe holds one URL on one line, since RFC 8058 lets a
// provider POST to it only when the signature covers it whole.
func listed(message Message) (Message, error) {
	if message.ListUnsubscribe == "" && message.ListID == "" {
		return message, nil
	}
	headers := maps.Clone(message.Headers)
	if headers == nil {
		headers = map[string]string{}
	}
	if out := message.ListUnsubscribe; out != "" {
		u, err := url.Parse(out)
		if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || !headerWord(out) {
			return Message{}, errList
		}
		headers[headerUnsubscribe], headers[headerUnsubscribePost] = "<"+out+">", oneClick
	}
	if id := message.ListID; id != "" {
		if !headerWord(id) || !dotAtom(id) {
			return Message{}, errList
		}
		headers[headerListID] = "<" + id + ">"
	}
	message.Headers = headers
	return message, nil
}

// headerWord is true for ASCII without blanks, angle brackets, quotes and commas, which would end what stands between brackets.
func headerWord(s string) bool {
	return isASCII(s) && headerSafe(s) && !strings.ContainsAny(s, " <>\",")
}
