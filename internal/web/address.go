package web

import (
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/labstack/echo/v4"

	"redress/internal/abuse"
	"redress/internal/config"
)

// clientAddress finds the visitor's address. Without trusted proxies it is the
// socket's and headers count for nothing. Behind a trusted proxy it is the last
// address in X-Forwarded-For that isn't itself a trusted proxy: what stands
// before it was written by whoever we don't know.
func clientAddress(trusted []netip.Prefix) echo.IPExtractor {
	return func(r *http.Request) string {
		socket := socketAddress(r)
		if !within(socket, trusted) {
			return socket.String()
		}
		client := socket
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for i := len(hops) - 1; i >= 0; i-- {
			hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
			if err != nil {
				break // not an address: nothing before it can be trusted either
			}
			client = hop.Unmap()
			if !within(client, trusted) {
				break
			}
		}
		return client.String()
	}
}

// noticeProxy says, once, that requests come through a proxy of ours that the
// settings don't name. All its visitors count as one network then, and soon
// nobody may sign.
func (s *Site) noticeProxy(r *http.Request) {
	socket := socketAddress(r)
	ours := socket.IsPrivate() || socket.IsLoopback()
	if r.Header.Get("X-Forwarded-For") == "" || !ours || within(socket, s.Config.Proxies) {
		return
	}
	s.unnamedProxy.Do(func() {
		s.Log.Warn("forms come through a proxy that REDRESS_TRUSTED_PROXIES doesn't name: all its visitors share one limit")
	})
}

func socketAddress(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	addr, _ := netip.ParseAddr(host) // the zero address when it is none (a unix socket)
	return addr.Unmap().WithZone("")
}

func within(addr netip.Addr, networks []netip.Prefix) bool {
	for _, network := range networks {
		if network.Contains(addr) {
			return true
		}
	}
	return false
}

// addressOf is the visitor's address, for limits.
func addressOf(c echo.Context) netip.Addr {
	addr, _ := netip.ParseAddr(c.RealIP())
	return addr
}

// networkOf is the visitor's network as text, "" when their address isn't known:
// those who aren't known are no crowd.
func networkOf(c echo.Context) string {
	if network := abuse.Network(addressOf(c)); network.IsValid() {
		return network.String()
	}
	return ""
}

// onlyLoopback answers requests that come from this machine, to a loopback
// Host, with no sign of a proxy between. Others find nothing.
func onlyLoopback(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		for _, forwarding := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via"} {
			if r.Header.Get(forwarding) != "" {
				return echo.ErrNotFound
			}
		}
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if !socketAddress(r).IsLoopback() || !isLoopbackHost(host) {
			return echo.ErrNotFound
		}
		return next(c)
	}
}

func isLoopbackHost(host string) bool { return config.IsLoopback(strings.Trim(host, "[]")) }
